package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.PeerIdentity.Self;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Which boot of each peer is believed, for those who send and receive. {@link PeerRegistry} alone
 * writes; reading is safe for any thread.
 */
public final class PeerDirectory {
  private final Self self;
  private final LongSupplier durableSeq;
  private volatile Map<MemberId, Peer> peers = Map.of();
  private volatile List<Witness> witnesses = List.of();

  /** One boot of one peer. */
  public static final class Peer {
    private final Incarnation incarnation;
    private final PeerLink link;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong durableSeq = new AtomicLong();

    private Peer(Incarnation incarnation, PeerLink link) {
      this.incarnation = incarnation;
      this.link = link;
    }

    public PeerLink link() {
      return link;
    }

    public Boot boot() {
      return link.boot();
    }

    /** Messages accepted so far; as long as it stands still the peer is silent. */
    long accepted() {
      return accepted.get();
    }

    /** The highest that it told. */
    long durableSeq() {
      return durableSeq.get();
    }

    boolean sent(Origin origin) {
      return origin.boot().equals(boot()) && origin.incarnation().equals(incarnation);
    }

    void accept(Origin origin) {
      accepted.incrementAndGet();
      durableSeq.accumulateAndGet(origin.durableSeq(), Math::max);
    }
  }

  /**
   * @param durableSeq highest sequence number of the own journal whose sync is confirmed
   */
  public PeerDirectory(Self self, LongSupplier durableSeq) {
    this.self = self;
    this.durableSeq = durableSeq;
  }

  public Self self() {
    return self;
  }

  /** How the own envelopes are signed now. */
  public Origin origin() {
    return new Origin(
        self.clusterId(), self.member(), self.incarnation(), self.boot(), durableSeq.getAsLong());
  }

  /** Empty as long as no boot of the member was accepted. */
  public Optional<Peer> peer(MemberId member) {
    return Optional.ofNullable(peers.get(member));
  }

  /** What a leader puts into its heartbeats. */
  public List<Witness> witnesses() {
    return witnesses;
  }

  void met(Incarnation incarnation, PeerLink link) {
    Map<MemberId, Peer> next = new HashMap<>(peers);
    next.put(link.member(), new Peer(incarnation, link));
    peers = Map.copyOf(next);
  }

  void removed(MemberId member) {
    Map<MemberId, Peer> next = new HashMap<>(peers);
    next.remove(member);
    peers = Map.copyOf(next);
  }

  void publish(List<Witness> known) {
    witnesses = List.copyOf(known);
  }
}
