package io.conclave.http;

import io.conclave.metrics.Histogram;

/**
 * Metrics in Prometheus's text format, version 0.0.4. Each name is announced once, then sampled.
 */
public final class PrometheusText {
  private final StringBuilder text = new StringBuilder(8192);

  /** A value that only grows, with no labels. */
  public PrometheusText counter(String name, String help, double value) {
    return announce(name, help, "counter").sample(name, "", value);
  }

  /** A value that goes up and down, with no labels. */
  public PrometheusText gauge(String name, String help, double value) {
    return announce(name, help, "gauge").sample(name, "", value);
  }

  /**
   * Announces a name whose samples follow.
   *
   * @param type {@code counter}, {@code gauge} or {@code histogram}
   */
  public PrometheusText announce(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /**
   * @param labels such as {@code method="GET",code="404"}, values escaped; "" for none
   */
  public PrometheusText sample(String name, String labels, double value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(number(value)).append('\n');
    return this;
  }

  /** All buckets, the sum and the count of one histogram. */
  public PrometheusText histogram(String name, String labels, Histogram histogram) {
    String before = labels.isEmpty() ? "" : labels + ",";
    long count = 0;
    for (int bucket = 0; bucket < histogram.buckets(); bucket++) {
      count += histogram.countOf(bucket);
      String bound = bound(histogram, bucket);
      sample(name + "_bucket", before + "le=\"" + bound + "\"", count);
    }
    return sample(name + "_sum", labels, histogram.sumSeconds())
        .sample(name + "_count", labels, count);
  }

  private static String bound(Histogram histogram, int bucket) {
    boolean last = bucket == histogram.buckets() - 1;
    return last ? "+Inf" : number(histogram.upperSeconds(bucket));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
