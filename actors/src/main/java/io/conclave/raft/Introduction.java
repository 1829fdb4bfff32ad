package io.conclave.raft;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import java.util.Optional;

/**
 * What a member proposes of its own accord at each start: its name and client URLs, then, if it
 * leads and nobody has decided it yet, the version of the cluster (spec v2-cluster §7, v2-keys
 * §14). Only then is it ready to serve, so that the first client write of a fresh member gets index
 * 4.
 */
final class Introduction {
  /** The version of the v2 API that all members of a cluster speak. */
  static final String CLUSTER_VERSION = "2.3.0";

  private enum Step {
    PUBLISH,
    DECIDE_VERSION,
    DONE
  }

  private final MemberIdentity identity;
  private Step step = Step.PUBLISH;
  private boolean underWay;

  Introduction(MemberIdentity identity) {
    this.identity = identity;
  }

  /** What to propose now; {@link #settled} must follow. */
  Optional<Command> next(KeySpace tree, boolean leads) {
    if (step == Step.DECIDE_VERSION && !tree.clusterVersion().isEmpty()) {
      step = Step.DONE;
    }
    if (underWay || step == Step.DONE || step == Step.DECIDE_VERSION && !leads) {
      return Optional.empty();
    }
    underWay = true;
    return Optional.of(
        step == Step.PUBLISH
            ? new Command.Publish(identity.self(), identity.name(), identity.clientUrls())
            : new Command.SetClusterVersion(CLUSTER_VERSION));
  }

  /** What {@link #next} gave was applied, or is to be proposed again. */
  void settled(boolean applied) {
    underWay = false;
    if (applied && step == Step.PUBLISH) {
      step = Step.DECIDE_VERSION;
    }
  }

  /** True once the member has introduced itself and the version is decided. */
  boolean isDone() {
    return step == Step.DONE;
  }
}
