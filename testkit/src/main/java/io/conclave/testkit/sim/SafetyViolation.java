package io.conclave.testkit.sim;

/** Something happened that must never happen. */
public final class SafetyViolation extends AssertionError {
  private static final long serialVersionUID = 1;

  SafetyViolation(String message) {
    super(message);
  }
}
