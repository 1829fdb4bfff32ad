package io.conclave.testkit.sim;

import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Runs seeds, known to its caller only by types of the JDK: so the caller can be of another class
 * loader.
 */
public final class SeedRunner implements LongFunction<Optional<String>> {
  /** Runs {@code seed}; what was found wrong, or empty. */
  @Override
  public Optional<String> apply(long seed) {
    try {
      Simulation.run(seed);
      return Optional.empty();
    } catch (SafetyViolation violation) {
      return Optional.of(violation.getMessage());
    }
  }
}
