package io.conclave.http.routes;

import io.conclave.http.MemberGateways;
import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.raft.MemberView;

/**
 * Who leads, how far the log is, and what waits. The names are those of etcd 2.3.8 where it has
 * them, else of etcd 3 ({@code proposals_committed_total} is a gauge there too).
 *
 * @param gateways to the member
 */
record RaftMetrics(MemberGateways gateways) implements MetricSource {
  @Override
  public void writeTo(PrometheusText text) {
    MemberView view = gateways.published().view().get();
    text.gauge("etcd_server_has_leader", "1 if a leader is known.", view.hasLeader() ? 1 : 0);
    text.gauge("etcd_server_is_leader", "1 if this member leads.", view.isLeader() ? 1 : 0);
    text.counter(
        "etcd_server_leader_changes_seen_total",
        "How often a leader became known.",
        gateways.published().replication().leadersSeen());
    text.gauge("etcd_raft_term", "Raft's current term.", view.term());
    text.gauge(
        "etcd_server_proposals_committed_total",
        "Index of the newest entry known to be committed.",
        view.commitIndex());
    text.gauge(
        "etcd_server_proposals_applied_total",
        "Index of the newest entry that is applied.",
        view.appliedIndex());
    writeWaiting(text);
  }

  private void writeWaiting(PrometheusText text) {
    text.gauge(
        "etcd_server_pending_proposal_total",
        "Proposals that wait for their outcome.",
        gateways.member().proposals());
    text.gauge(
        "etcd_server_pending_proposal_bytes",
        "Bytes of the proposals that wait.",
        gateways.member().proposalBytes());
    text.gauge(
        "etcd_server_pending_reads", "Linearizable reads that wait.", gateways.member().reads());
  }
}
