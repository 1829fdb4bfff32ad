package io.conclave.http;

/** A part of the program that has something to measure. */
@FunctionalInterface
public interface MetricSource {
  /** Writes the values of this moment; any thread, and it must not block. */
  void writeTo(PrometheusText text);
}
