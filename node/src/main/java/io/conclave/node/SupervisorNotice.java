package io.conclave.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the member serves, for units of {@code Type=notify} (man page sd_notify(3)).
 * The message goes to a datagram socket of Unix, which Java's own channels don't have; so this
 * calls the C library, on Linux, where the numbers below hold.
 */
final class SupervisorNotice {
  /** The environment variable that names the socket. */
  static final String SOCKET = "NOTIFY_SOCKET";

  private static final Logger LOG = LoggerFactory.getLogger(SupervisorNotice.class);
  private static final byte[] READY = "READY=1".getBytes(UTF_8);
  private static final int UNIX_FAMILY = 1;
  private static final int DATAGRAMS_CLOSED_ON_EXEC = 2 | 1 << 19;
  private static final int NO_WAIT = 0x40;

  /** With the byte that ends it. */
  private static final int PATH_BYTES_MAX = 108;

  private SupervisorNotice() {}

  /**
   * Sends the message, or logs a warning.
   *
   * @param socket path of the socket, or {@code @} and a name without a file; empty if nobody waits
   */
  static void ready(Optional<String> socket) {
    if (socket.isPresent() && !send(socket.get())) {
      LOG.atWarn().addKeyValue(SOCKET, socket.get()).log("systemd can't be told of the start");
    }
  }

  private static boolean send(String name) {
    byte[] path = name.getBytes(UTF_8);
    boolean isAbstract = name.startsWith("@");
    if (!isAbstract && !name.startsWith("/") || path.length >= PATH_BYTES_MAX) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      long length = Short.BYTES + path.length + (isAbstract ? 0 : 1);
      MemorySegment address = arena.allocate(length, Short.BYTES);
      address.set(JAVA_SHORT, 0, (short) UNIX_FAMILY);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, Short.BYTES, path.length);
      if (isAbstract) {
        address.set(JAVA_BYTE, Short.BYTES, (byte) 0);
      }
      return send(arena.allocateFrom(JAVA_BYTE, READY), address);
    }
  }

  private static boolean send(MemorySegment message, MemorySegment address) {
    try {
      int socket =
          (int)
              function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)
                  .invokeExact(UNIX_FAMILY, DATAGRAMS_CLOSED_ON_EXEC, 0);
      if (socket < 0) {
        return false;
      }
      long sent =
          (long)
              function(
                      "sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
                      JAVA_INT)
                  .invokeExact(
                      socket,
                      message,
                      message.byteSize(),
                      NO_WAIT,
                      address,
                      (int) address.byteSize());
      int closed = (int) function("close", JAVA_INT, JAVA_INT).invokeExact(socket);
      return sent == message.byteSize() && closed == 0;
    } catch (Throwable unexpected) { // the C library throws nothing, but such a call is declared so
      throw new IllegalStateException(unexpected);
    }
  }

  @SuppressWarnings("restricted") // the JVM is started with access to native code
  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }
}
