package io.conclave.node;

import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.metrics.Histogram;
import io.conclave.persistence.StorageStats;

/**
 * What journal and snapshots cost, under the names of etcd 2.3.8 where it has them.
 *
 * @param stats of this member's actor system
 */
record StorageMetrics(StorageStats stats) implements MetricSource {
  @Override
  public void writeTo(PrometheusText text) {
    write(
        "etcd_wal_fsync_durations_seconds",
        "Time of one write to the journal with its sync.",
        stats.appends(),
        text);
    text.gauge(
        "etcd_wal_last_index_saved", "Index of the journal's newest entry.", stats.lastIndex());
    text.counter(
        "etcd_journal_appended_bytes_total",
        "Bytes of events appended to the journal.",
        stats.appendedBytes());
    write(
        "etcd_snapshot_save_total_durations_seconds",
        "Time of writing, syncing and reading back a snapshot.",
        stats.snapshots(),
        text);
  }

  private static void write(String name, String help, Histogram histogram, PrometheusText text) {
    text.announce(name, help, "histogram").histogram(name, "", histogram);
  }
}
