package io.conclave.http.keys;

import io.conclave.http.ByteBudget;
import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.raft.MemberAccess;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory that large answers may take together, from before they are made until they are sent:
 * many slow readers of large values, and listings of many keys, would fill the heap. What is small
 * does not count. Safe for any thread.
 */
final class AnswerRoom implements MetricSource {
  /** Answers that are not longer don't count. */
  static final int SMALL_BYTES = 64 << 10;

  private final ByteBudget budget;
  private final Duration stallMax;
  private final Cleaner forgotten = Cleaner.create();
  private final LongAdder refused = new LongAdder();

  /**
   * @param stallMax how long a client may take nothing of its answer
   */
  AnswerRoom(long bytesMax, Duration stallMax) {
    this.budget = new ByteBudget(bytesMax);
    this.stallMax = stallMax;
  }

  Duration stallMax() {
    return stallMax;
  }

  /** Room for one answer, until it is left. */
  static final class Place {
    private final ByteBudget budget;
    private final long bytes;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(ByteBudget budget, long bytes) {
      this.budget = budget;
      this.bytes = bytes;
    }

    /** Any thread, any number of times. */
    void leave() {
      if (left.compareAndSet(false, true)) {
        budget.giveBack(bytes);
      }
    }
  }

  /** Empty if there is no room. */
  Optional<Place> take(long bytes) {
    if (!budget.take(bytes)) {
      refused.increment();
      return Optional.empty();
    }
    return Optional.of(new Place(budget, bytes));
  }

  /** An answer whose connection closed before it was sent leaves its place when it is collected. */
  void leaveWhenForgotten(Object answer, Place place) {
    forgotten.register(answer, place::leave);
  }

  /** Why an answer of so many bytes is refused. */
  String cause(long bytes) {
    return bytes <= budget.bytesMax()
        ? MemberAccess.TOO_MANY_REQUESTS
        : ("the answer would take %d MiB of memory, all answers together may take %d MiB;"
                + " read parts of it, or raise -Xmx in deploy/jvm.options or JAVA_OPTS")
            .formatted(mib(bytes), mib(budget.bytesMax()));
  }

  private static long mib(long bytes) {
    return bytes >> 20;
  }

  @Override
  public void writeTo(PrometheusText text) {
    text.gauge("etcd_http_answer_bytes", "Bytes of large answers on their way.", budget.taken());
    text.counter("etcd_http_answers_refused_total", "Answers that found no room.", refused.sum());
  }
}
