package io.conclave.raft;

import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.RaftMessage.AppendEntries;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the bytes of entries that are on their way to one follower. The core has a window of its
 * own and goes back when it must; this one only sees to it that whatever the core does, what waits
 * in the network's queues stays bounded. Not thread-safe.
 */
final class ReplicationWindow {
  private final long bytesMax;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private long bytes;

  private record Sent(long lastIndex, int bytes) {}

  /**
   * @param bytesMax encoded; a single larger message still passes when nothing is on its way
   */
  ReplicationWindow(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Whether it may leave now; then it counts as on its way. */
  boolean admit(AppendEntries append) {
    if (append.entries().isEmpty()) {
      return true;
    }
    if (!sent.isEmpty() && append.before().index() < sent.peekLast().lastIndex()) {
      clear();
    }
    int size = PeerMessageCodec.encodedBytesMax(append);
    if (bytes > 0 && bytes + size > bytesMax) {
      return false;
    }
    sent.add(new Sent(append.lastIndex(), size));
    bytes += size;
    return true;
  }

  /** The follower has everything up to {@code matchIndex}. */
  void acknowledged(long matchIndex) {
    while (!sent.isEmpty() && sent.peek().lastIndex() <= matchIndex) {
      bytes -= sent.poll().bytes();
    }
  }

  /** Nothing is on its way any more. */
  void clear() {
    sent.clear();
    bytes = 0;
  }

  long bytes() {
    return bytes;
  }
}
