package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.PeerProgress;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.peer.Acquaintances;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.IdentityRefusal;
import io.conclave.raft.peer.Introduction;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerLink;
import io.conclave.raft.peer.PeerMessage;
import io.conclave.raft.peer.Pins;
import io.conclave.raft.peer.Witness;
import io.conclave.testkit.sim.SimNetwork.Channel;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The registry of peers in one life of a process, and what the member tells it. Whom to believe is
 * decided by the real {@link Acquaintances}.
 */
final class SimRegistry implements Acquaintances.Outside {
  private final SimHost host;
  private final Life life;
  private final PeerDirectory directory;
  private final Consumer<MemberId> met;
  private final Acquaintances acquaintances;
  private Membership greeted;
  private Set<MemberId> removed = Set.of();
  private long bootstrapHash;

  /**
   * @param met told of each boot that is believed
   */
  SimRegistry(
      SimHost host,
      Life life,
      PeerDirectory directory,
      Introduction introduction,
      Consumer<MemberId> met) {
    this.host = host;
    this.life = life;
    this.directory = directory;
    this.met = met;
    this.bootstrapHash = introduction.bootstrapHash();
    this.acquaintances = new Acquaintances(directory, host.disk().pins(), introduction, this);
  }

  void received(PeerEnvelope envelope) {
    acquaintances.received(envelope);
  }

  void heard(List<Witness> witnesses) {
    acquaintances.heard(witnesses);
  }

  /** Greets who is silent. */
  void greet() {
    acquaintances.tick();
  }

  /** Whom to greet and who is gone for good may have changed. */
  void follow(RaftCore core, KeySpace applied) {
    Membership inForce = core.membership();
    Set<MemberId> gone = applied.membership().removed();
    if (inForce != greeted || !gone.equals(removed)) {
      greeted = inForce;
      removed = gone;
      acquaintances.configured(inForce.members().isEmpty() ? host.contacts() : inForce, gone);
    }
    if (bootstrapHash == 0 && core.bootstrapHash() != 0) {
      bootstrapHash = core.bootstrapHash();
      acquaintances.joined(bootstrapHash);
    }
  }

  /** As leader: what a peer is known to have on disk can be held against its data dir. */
  void witness(RaftCore leader) {
    for (PeerProgress progress : leader.peers()) {
      long known = Math.min(progress.matchIndex(), leader.commitIndex());
      directory
          .peer(progress.peer())
          .filter(peer -> known > 0)
          .ifPresent(peer -> acquaintances.committed(progress.peer(), peer.boot(), known));
    }
  }

  @Override
  public void send(String address, Boot receiver, PeerMessage message) {
    PeerEnvelope envelope = new PeerEnvelope(directory.origin(), receiver, 0, message);
    host.network().send(host.address(), address, Channel.REGISTRY, envelope);
  }

  @Override
  public void save(Pins pins) {
    life.after(
        host.random().nextLong(3000),
        () -> {
          if (host.quality.full) {
            acquaintances.notSaved();
          } else {
            host.disk().save(pins);
            acquaintances.saved();
          }
        });
  }

  @Override
  public PeerLink link(MemberId peer, Boot boot, String address) {
    return new PeerLink(
        peer,
        boot,
        directory::origin,
        (lane, envelope) -> {
          if (lane == PeerLane.BULK) {
            host.count(Happening.MESSAGE_IN_PIECES);
          }
          host.network().send(host.address(), address, Channel.of(lane), envelope);
        });
  }

  @Override
  public void met(PeerLink link) {
    host.count(Happening.MEETING);
    met.accept(link.member());
  }

  @Override
  public void refused(MemberId peer, IdentityRefusal why, String text) {}

  @Override
  public void refusedBy(MemberId peer, IdentityRefusal why, String text, boolean ends) {
    host.trace("is refused by " + peer + ": " + text);
    if (ends) {
      life.after(0, () -> host.refused(why, text));
    }
  }
}
