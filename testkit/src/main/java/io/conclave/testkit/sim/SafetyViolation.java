package io.conclave.testkit.sim;

/** Something happened that must never happen. */
public final class SafetyViolation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final long seed;
  private final String trace;

  SafetyViolation(String message) {
    super(message);
    this.seed = 0;
    this.trace = "";
  }

  SafetyViolation(long seed, Throwable broken, String trace) {
    super("seed " + seed + ": " + broken.getMessage(), broken);
    this.seed = seed;
    this.trace = trace;
  }

  /** The run in which it happened. */
  public long seed() {
    return seed;
  }

  /** What happened last, one a line. */
  public String trace() {
    return trace;
  }
}
