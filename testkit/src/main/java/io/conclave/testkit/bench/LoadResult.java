package io.conclave.testkit.bench;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one round on one target came to.
 *
 * @param perSecond answers (for watches: delivered events) a second, failures not included
 * @param steady latencies of all answers but the first of each kept connection
 * @param first latencies of the first answers, from the start of connecting; empty when every
 *     request has a connection of its own
 * @param failures how many requests failed, by kind
 */
record LoadResult(
    double perSecond, LatencyRecorder steady, LatencyRecorder first, Map<Failure, Long> failures) {

  /** Puts together what two threads did at the same time. */
  LoadResult plus(LoadResult other) {
    LatencyRecorder bothSteady = new LatencyRecorder();
    bothSteady.add(steady);
    bothSteady.add(other.steady);
    LatencyRecorder bothFirst = new LatencyRecorder();
    bothFirst.add(first);
    bothFirst.add(other.first);
    Map<Failure, Long> bothFailures = new EnumMap<>(Failure.class);
    bothFailures.putAll(failures);
    other.failures.forEach((kind, count) -> bothFailures.merge(kind, count, Long::sum));
    return new LoadResult(perSecond + other.perSecond, bothSteady, bothFirst, bothFailures);
  }
}
