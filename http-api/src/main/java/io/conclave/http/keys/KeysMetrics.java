package io.conclave.http.keys;

import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.metrics.Histogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts and times the requests of the keys API, watches excepted (spec v2-cluster §11). */
final class KeysMetrics implements MetricSource {
  /** Requests as they are told apart here. */
  enum Kind {
    GET,
    QGET,
    PUT,
    POST,
    DELETE,
    HEAD
  }

  private final Map<Kind, LongAdder> received = new EnumMap<>(Kind.class);
  private final Map<Kind, Histogram> successes = new EnumMap<>(Kind.class);
  private final Map<Failure, LongAdder> failures = new ConcurrentHashMap<>();

  private record Failure(Kind kind, int status) {}

  KeysMetrics() {
    for (Kind kind : Kind.values()) {
      received.put(kind, new LongAdder());
      successes.put(kind, new Histogram());
    }
  }

  void received(Kind kind) {
    received.get(kind).increment();
  }

  /** One answer for each request that was received. */
  void answered(Kind kind, int status, long nanos) {
    if (status < 300) {
      successes.get(kind).observe(nanos);
    } else {
      failures.computeIfAbsent(new Failure(kind, status), any -> new LongAdder()).increment();
    }
  }

  @Override
  public void writeTo(PrometheusText text) {
    String name = "etcd_http_received_total";
    text.announce(name, "Requests to the keys API that were understood.", "counter");
    received.forEach((kind, count) -> text.sample(name, labels(kind), count.sum()));
    if (!failures.isEmpty()) {
      writeFailures(text);
    }
    String durations = "etcd_http_successful_duration_second";
    text.announce(durations, "Time from a request to its successful answer.", "histogram");
    successes.forEach((kind, histogram) -> text.histogram(durations, labels(kind), histogram));
  }

  private void writeFailures(PrometheusText text) {
    String name = "etcd_http_failed_total";
    text.announce(name, "Requests to the keys API that were answered by an error.", "counter");
    failures.forEach(
        (failure, count) -> {
          String labels = labels(failure.kind) + ",code=\"" + failure.status + "\"";
          text.sample(name, labels, count.sum());
        });
  }

  private static String labels(Kind kind) {
    return "method=\"" + kind + "\"";
  }
}
