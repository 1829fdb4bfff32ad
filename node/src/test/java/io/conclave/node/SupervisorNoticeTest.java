package io.conclave.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Against a real socket, as systemd opens one. */
final class SupervisorNoticeTest {
  private static final int NO_WAIT = 0x40;

  @TempDir private Path directory;

  @Test
  void aSocketWithAFileGetsTheMessage() throws Throwable {
    String path = directory.resolve("notify").toString();
    assertEquals("READY=1", received(path, path + "\0"));
  }

  @Test
  void aSocketWithoutAFileGetsTheMessage() throws Throwable {
    String name = "conclave-test-" + ProcessHandle.current().pid();
    assertEquals("READY=1", received("@" + name, "\0" + name));
  }

  @Test
  void whoeverDoesNotWaitIsNotTold() {
    assertEquals(List.of(), warnings(Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nosuch/socket", "relative"})
  void aSocketThatIsNotThereIsAWarning(String socket) {
    assertEquals(
        List.of("systemd can't be told of the start"), warnings(Optional.of(socket)), socket);
    assertEquals(1, warnings(Optional.of("/" + "x".repeat(200))).size());
  }

  private static List<String> warnings(Optional<String> socket) {
    Logger log = (Logger) LoggerFactory.getLogger(SupervisorNotice.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    log.addAppender(lines);
    try {
      SupervisorNotice.ready(socket);
    } finally {
      log.detachAppender(lines);
    }
    return lines.list.stream().map(ILoggingEvent::getMessage).toList();
  }

  /** What arrives at a socket that is bound to {@code bytes} when {@code name} is told. */
  private static String received(String name, String bytes) throws Throwable {
    int socket =
        (int) function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT).invokeExact(1, 2, 0);
    try (Arena arena = Arena.ofConfined()) {
      byte[] path = bytes.getBytes(UTF_8);
      MemorySegment address = arena.allocate(2 + path.length, 2);
      address.set(JAVA_SHORT, 0, (short) 1);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
      assertEquals(
          0,
          (int)
              function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT)
                  .invokeExact(socket, address, 2 + path.length));
      SupervisorNotice.ready(Optional.of(name));
      MemorySegment message = arena.allocate(100);
      long length =
          (long)
              function("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)
                  .invokeExact(socket, message, 100L, NO_WAIT);
      byte[] text = message.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
      return new String(text, UTF_8);
    } finally {
      int closed = (int) function("close", JAVA_INT, JAVA_INT).invokeExact(socket);
      assertEquals(0, closed);
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
