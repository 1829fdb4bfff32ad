package io.conclave.http.keys;

import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.metrics.Histogram;
import io.conclave.raft.MemberCommand.ProposalReply;
import java.util.concurrent.atomic.LongAdder;

/** Times the writes that were applied, and counts those that failed (spec v2-cluster §11). */
final class ProposalMetrics implements MetricSource {
  private final Histogram durations = new Histogram();
  private final LongAdder failed = new LongAdder();

  /**
   * @param nanos from the proposal to its answer
   */
  void answered(ProposalReply reply, long nanos) {
    switch (reply) {
      case ProposalReply.Applied applied -> durations.observe(nanos);
      case ProposalReply.Failed failure -> failed.increment();
    }
  }

  @Override
  public void writeTo(PrometheusText text) {
    String name = "etcd_server_proposal_durations_seconds";
    text.announce(name, "Time from a proposal until it is applied.", "histogram")
        .histogram(name, "", durations);
    text.counter(
        "etcd_server_proposal_failed_total",
        "Proposals of this member's clients that were refused or not applied in time.",
        failed.sum());
  }
}
