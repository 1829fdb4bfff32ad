package io.conclave.testkit.sim;

/**
 * One life of a process. What it put off never happens after its end, and waits while the process
 * is paused.
 */
final class Life {
  private final SimClock clock;
  private long pausedUntilMicros;
  private boolean over;

  Life(SimClock clock) {
    this.clock = clock;
  }

  void after(long micros, Runnable action) {
    clock.after(micros, () -> run(action));
  }

  /** At once, unless it is paused or over. */
  void run(Runnable action) {
    if (over) {
      return;
    }
    long pause = pausedUntilMicros - clock.nowMicros();
    if (pause > 0) {
      clock.after(pause, () -> run(action));
    } else {
      action.run();
    }
  }

  void pause(long micros) {
    pausedUntilMicros = clock.nowMicros() + micros;
  }

  void end() {
    over = true;
  }

  boolean isOver() {
    return over;
  }
}
