package io.conclave.testkit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A place for one non-blocking connection after another. Every call comes from the thread of the
 * selector; the selection key carries the attachment that was given at the start.
 */
final class ClientConnection {
  private final Selector selector;
  private final Target target;
  private final Object attachment;
  private SocketChannel channel;
  private SelectionKey key;
  private ByteBuffer unsent;

  ClientConnection(Selector selector, Target target, Object attachment) {
    this.selector = selector;
    this.target = target;
    this.attachment = attachment;
  }

  /**
   * Begins to connect.
   *
   * @return whether it is connected already, as happens on the loopback interface; otherwise the
   *     key becomes connectable
   */
  boolean open() throws IOException {
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    boolean connected = channel.connect(target.address());
    key =
        channel.register(
            selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, attachment);
    return connected;
  }

  /** Ends what {@link #open} began; the key then waits for bytes. */
  void finishConnect() throws IOException {
    channel.finishConnect();
    key.interestOps(SelectionKey.OP_READ);
  }

  /** Sends all of it, the part that the socket does not take now as soon as it is writable. */
  void send(ByteBuffer request) throws IOException {
    channel.write(request);
    if (request.hasRemaining()) {
      unsent = ByteBuffer.allocate(request.remaining()).put(request).flip();
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** Goes on sending when the key is writable. */
  void flush() throws IOException {
    channel.write(unsent);
    if (!unsent.hasRemaining()) {
      unsent = null;
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  /** Reads into the buffer and makes it ready to be taken from; negative at the end. */
  int read(ByteBuffer scratch) throws IOException {
    scratch.clear();
    int read = channel.read(scratch);
    scratch.flip();
    return read;
  }

  /** Closes the socket, if there is one. */
  void close() {
    unsent = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a socket could not be closed", e);
      }
    }
  }
}
