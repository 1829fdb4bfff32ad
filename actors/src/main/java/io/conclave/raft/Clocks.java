package io.conclave.raft;

import java.util.function.LongSupplier;

/**
 * Where the Raft subtree gets its time from, in one place so that a test can hold it.
 *
 * @param nanos monotonic, on {@link System#nanoTime}'s scale
 * @param wallMillis Unix time; only for what people see
 */
public record Clocks(LongSupplier nanos, LongSupplier wallMillis) {
  public static final Clocks SYSTEM = new Clocks(System::nanoTime, System::currentTimeMillis);
}
