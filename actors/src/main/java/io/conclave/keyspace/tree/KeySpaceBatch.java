package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.StoreStats.Counter;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Stamp;
import java.util.List;

/**
 * Several commands on their way from one {@link KeySpace} to the next. What the batch itself made
 * it changes in place, so a batch of many costs less than as many single ones; the key space it
 * came from is never touched. Used by one thread, until {@link #seal}.
 */
public final class KeySpaceBatch {
  private final KeyWrites writes;
  private ClusterState cluster;
  private Stamp stamp;
  private boolean sealed;

  KeySpaceBatch(KeySpace before) {
    this.writes = new KeyWrites(before);
    this.cluster = before.cluster();
    this.stamp = before.stamp();
  }

  /**
   * What one command did.
   *
   * @param events what watchers are told, in order; many for a {@link Command.Sync}, none for a
   *     refusal, a refresh or an internal change
   */
  public record Applied(Outcome outcome, List<LiveEvent> events) {
    public Applied {
      events = List.copyOf(events);
    }
  }

  public Applied apply(Command command, Stamp stampOfEntry) {
    begin(stampOfEntry);
    return applied(
        switch (command) {
          case Command.Set set -> writes.set(set);
          case Command.Create(KeyPath key, Bytes value, boolean dir, Ttl ttl) ->
              writes.create(key, value, dir, ttl);
          case Command.CreateInOrder create -> writes.createInOrder(create);
          case Command.Update update -> writes.update(update);
          case Command.CompareAndSwap swap -> writes.compareAndSwap(swap);
          case Command.Delete delete -> writes.delete(delete);
          case Command.CompareAndDelete delete -> writes.compareAndDelete(delete);
          case Command.Sync() -> writes.expireDue();
          case Command.Publish publish -> publish(publish);
          case Command.SetClusterVersion(String version) -> setClusterVersion(version);
        });
  }

  /** The first entry of the log. */
  public Applied applyBootstrap(Membership membership, Stamp stampOfEntry) {
    begin(stampOfEntry);
    cluster = cluster.withMembership(membership);
    for (int i = 0; i < membership.members().size(); i++) {
      writes.internalChange(Counter.CREATE_SUCCESS);
    }
    return applied(new Outcome.Done(writes.index()));
  }

  /**
   * @param membership the configuration after {@code change}
   */
  public Applied applyReconfigure(
      Membership membership, Membership.Change change, Stamp stampOfEntry) {
    begin(stampOfEntry);
    cluster = cluster.withMembership(membership);
    switch (change) {
      case Membership.Change.Add(Membership.Member member) ->
          writes.internalChange(Counter.CREATE_SUCCESS);
      case Membership.Change.UpdatePeerUrls(MemberId id, List<String> peerUrls) ->
          writes.internalChange(Counter.UPDATE_SUCCESS);
      case Membership.Change.Remove(MemberId id) -> {
        writes.internalChange(Counter.DELETE_SUCCESS);
        writes.internalChange(Counter.CREATE_SUCCESS);
      }
      case Membership.Change.Promote(MemberId id) -> {}
    }
    return applied(new Outcome.Done(writes.index()));
  }

  /** The store index after what was applied so far. */
  public long index() {
    return writes.index();
  }

  /** The key space after all that was applied; the batch must not be used afterwards. */
  public KeySpace seal() {
    require(!sealed, "batch is sealed");
    sealed = true;
    return writes.seal(stamp, cluster);
  }

  private void begin(Stamp stampOfEntry) {
    require(!sealed, "batch is sealed");
    writes.begin(stampOfEntry);
    stamp =
        new Stamp(
            Math.max(stamp.clusterTime(), stampOfEntry.clusterTime()), stampOfEntry.wallOffset());
  }

  private Applied applied(Outcome outcome) {
    return new Applied(outcome, writes.events());
  }

  /** Without effect if the member was removed meanwhile. */
  private Outcome publish(Command.Publish publish) {
    if (cluster.membership().member(publish.member()).isPresent()) {
      cluster =
          cluster.withAttributes(
              publish.member(), new ClusterState.Attributes(publish.name(), publish.clientUrls()));
      writes.internalChange(Counter.SETS_SUCCESS);
    }
    return new Outcome.Done(writes.index());
  }

  private Outcome setClusterVersion(String version) {
    cluster = cluster.withVersion(version);
    writes.internalChange(Counter.SETS_SUCCESS);
    return new Outcome.Done(writes.index());
  }
}
