package io.conclave.raft;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.DoubleConsumer;

/** Times messages with entries from leaving to their acknowledgement. Not thread-safe. */
final class AppendTimer {
  /** More are on their way only while nothing comes back; the oldest are not timed then. */
  private static final int TIMED_MAX = 1024;

  private static final double NANOS_PER_MILLI = 1e6;

  private final Deque<Sent> sent = new ArrayDeque<>();

  private record Sent(long lastIndex, long atNanos) {}

  void sent(AppendEntries append, long nowNanos) {
    if (sent.size() == TIMED_MAX) {
      sent.poll();
    }
    sent.add(new Sent(append.lastIndex(), nowNanos));
  }

  /**
   * @param millis is given the time of each message that is covered by now
   */
  void acknowledged(long matchIndex, long nowNanos, DoubleConsumer millis) {
    while (!sent.isEmpty() && sent.peek().lastIndex() <= matchIndex) {
      millis.accept((nowNanos - sent.poll().atNanos()) / NANOS_PER_MILLI);
    }
  }

  /** What was on its way is lost, or of no use. */
  void clear() {
    sent.clear();
  }
}
