package io.conclave.node;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.Publications;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As in etcd a member may come back under another name; unlike there it does not go unsaid. */
final class Renaming {
  private static final Logger LOG = LoggerFactory.getLogger(Renaming.class);

  private Renaming() {}

  /**
   * Warns once the member has read its past, if it had another name there.
   *
   * @param name from now on; the member itself tells it the others
   */
  static void tell(String name, Publications published) {
    published
        .caughtUp()
        .thenRun(
            () ->
                published.tree().get().members().stream()
                    .filter(one -> one.id().equals(published.view().get().self()))
                    .filter(one -> !one.name().isEmpty() && !one.name().equals(name))
                    .forEach(one -> warn(one, name)));
  }

  private static void warn(ClusterMember before, String name) {
    LOG.atWarn()
        .addKeyValue("member", before.id())
        .addKeyValue("before", before.name())
        .addKeyValue("now", name)
        .log("this member comes back under another name, which counts from now on");
  }
}
