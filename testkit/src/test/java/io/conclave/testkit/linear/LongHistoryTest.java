package io.conclave.testkit.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.linear.LinearizabilityChecker.Verdict;
import io.conclave.testkit.linear.Operation.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histories as long as those of a torture run, with as many answers lost as faults cost. */
final class LongHistoryTest {
  private static final int OPERATIONS = 1_000;
  private static final int CLIENTS = 3;
  private static final int SEEDS = 30;

  /** As much as fits into a heap of 100 MB. */
  private static final int CONFIGURATIONS_MAX = 300_000;

  @Test
  void lostAnswersDoNotMakeAHistoryUndecidable() {
    for (int lossPermille : List.of(0, 10, 80)) {
      for (int seed = 0; seed < SEEDS; seed++) {
        var operations = LossyRegister.record(new Random(seed), OPERATIONS, CLIENTS, lossPermille);
        assertEquals(
            new Verdict.Linearizable(),
            LinearizabilityChecker.check(operations, CONFIGURATIONS_MAX),
            "seed " + seed + ", loss " + lossPermille);
      }
    }
  }

  @Test
  void oneValueThatComesBackIsFound() {
    int spoiled = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      List<Operation> operations =
          new ArrayList<>(LossyRegister.record(new Random(seed), OPERATIONS, CLIENTS, 20));
      if (replaceOneRead(operations)) {
        spoiled++;
        assertInstanceOf(
            Verdict.NotLinearizable.class,
            LinearizabilityChecker.check(operations, CONFIGURATIONS_MAX),
            "seed " + seed);
      }
    }
    assertTrue(spoiled > SEEDS / 2, spoiled + " of " + SEEDS);
  }

  /** Lets the last read find what was found, and then no more, by reads long before it. */
  private static boolean replaceOneRead(List<Operation> operations) {
    List<Operation> reads =
        operations.stream().filter(operation -> value(operation).isPresent()).toList();
    Operation last = reads.getLast();
    Operation first = reads.get(reads.size() / 2);
    boolean overwrittenBetween =
        reads.stream()
            .anyMatch(
                read ->
                    first.returned() < read.invoked()
                        && read.returned() < last.invoked()
                        && !value(read).equals(value(first)));
    if (overwrittenBetween) {
      operations.set(
          operations.indexOf(last),
          new Operation(
              last.process(),
              last.key(),
              last.action(),
              first.result(),
              last.invoked(),
              last.returned()));
    }
    return overwrittenBetween;
  }

  private static Optional<String> value(Operation operation) {
    return operation.result() instanceof Result.Value(String value)
        ? Optional.of(value)
        : Optional.empty();
  }
}
