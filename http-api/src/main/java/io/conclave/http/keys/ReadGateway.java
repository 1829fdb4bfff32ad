package io.conclave.http.keys;

import io.conclave.http.MemberAsk;
import io.conclave.http.MemberGateways;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.MemberView;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Stamp;
import java.util.concurrent.CompletionStage;

/** Reads: from the published tree at once, or after the cluster has confirmed that it is new. */
final class ReadGateway {
  private final MemberGateways gateways;
  private final MemberAsk ask;

  ReadGateway(MemberGateways gateways, MemberAsk ask) {
    this.gateways = gateways;
    this.ask = ask;
  }

  /** What this member knows, possibly stale; no actor is asked. */
  KeySpace newest() {
    return gateways.published().tree().get();
  }

  /** A tree that holds every write acknowledged before now, anywhere. */
  CompletionStage<ReadReply> linearizable() {
    return ask.<ReadReply>ask(
        (deadlineNanos, replyTo) -> gateways.member().readIndex(deadlineNanos, replyTo),
        ReadReply.Failed::new);
  }

  Lookup lookup(KeySpace tree, KeyRequest.Get get) {
    Stamp now = gateways.published().now().get().at(System.nanoTime());
    return tree.get(get.key(), get.recursive(), get.sorted(), now.clusterTime());
  }

  /** For X-Raft-Index and X-Raft-Term of answers that have no log entry of their own. */
  LogPosition raft() {
    MemberView view = gateways.published().view().get();
    return new LogPosition(view.term(), view.commitIndex());
  }
}
