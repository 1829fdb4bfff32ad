package io.conclave.testkit.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What all rounds of one row came to on one target. Latencies are in milliseconds.
 *
 * @param perSecond throughput of the rounds
 * @param p50 half of the latencies of a round are at most this
 * @param p99 99 % of them
 * @param p999 99.9 % of them
 * @param firstP50 half of the first answers on kept connections; subscriptions for watches
 * @param firstMax the slowest first answer
 * @param failures failed requests of all rounds together
 */
record Summary(
    Row row,
    Target target,
    Spread perSecond,
    Spread p50,
    Spread p99,
    Spread p999,
    Spread firstP50,
    Spread firstMax,
    Map<Failure, Long> failures) {

  static Summary of(Row row, Target target, List<LoadResult> rounds) {
    Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    for (LoadResult round : rounds) {
      round.failures().forEach((kind, count) -> failures.merge(kind, count, Long::sum));
    }
    return new Summary(
        row,
        target,
        spread(rounds, LoadResult::perSecond),
        spread(rounds, round -> millis(round.steady().nanosAt(0.5))),
        spread(rounds, round -> millis(round.steady().nanosAt(0.99))),
        spread(rounds, round -> millis(round.steady().nanosAt(0.999))),
        spread(rounds, round -> millis(round.first().nanosAt(0.5))),
        spread(rounds, round -> millis(round.first().maxNanos())),
        failures);
  }

  private static Spread spread(List<LoadResult> rounds, ToDoubleFunction<LoadResult> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
