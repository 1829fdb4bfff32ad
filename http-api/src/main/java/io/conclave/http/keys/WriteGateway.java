package io.conclave.http.keys;

import io.conclave.http.MemberAsk;
import io.conclave.http.MemberGateways;
import io.conclave.http.MetricSource;
import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.core.Bytes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes: encoded once, here, and handed to the member, which replicates and applies them. */
final class WriteGateway {
  private final MemberGateways gateways;
  private final MemberAsk ask;
  private final ProposalMetrics metrics = new ProposalMetrics();

  WriteGateway(MemberGateways gateways, MemberAsk ask) {
    this.gateways = gateways;
    this.ask = ask;
  }

  /** Counts and times of all writes. */
  MetricSource metrics() {
    return metrics;
  }

  /** Always completes with a value; a failed proposal may still be applied later. */
  CompletionStage<ProposalReply> write(Command command) {
    Optional<String> refusal =
        gateways
            .treeLimit()
            .refusal(gateways.published().tree().get(), command, gateways.member().proposalBytes());
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(new ProposalReply.Failed(refusal.get()));
    }
    Bytes encoded = CommandCodec.encode(command);
    long begunNanos = System.nanoTime();
    return ask.<ProposalReply>ask(
            (deadlineNanos, replyTo) -> gateways.member().propose(encoded, deadlineNanos, replyTo),
            ProposalReply.Failed::new)
        .whenComplete((reply, never) -> metrics.answered(reply, System.nanoTime() - begunNanos));
  }
}
