package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;

/** A member whose lanes end in inboxes, for tests without a network. */
public final class LocalPeer {
  private static final long CLUSTER = 0xcafe;

  final AtomicLong durableSeq = new AtomicLong();
  private final Map<PeerLane, TestInbox<PeerEnvelope>> lanes = new EnumMap<>(PeerLane.class);
  private final MemberId id;
  private final Incarnation incarnation;
  private long boots;
  private PeerDirectory directory;

  public LocalPeer(long id) {
    this.id = new MemberId(id);
    this.incarnation = new Incarnation(id, id);
    for (PeerLane lane : PeerLane.values()) {
      lanes.put(lane, TestInbox.create());
    }
    restart();
  }

  /** Its next boot; the others have not met it yet. */
  public void restart() {
    boots++;
    directory =
        new PeerDirectory(
            new PeerIdentity.Self(CLUSTER, id, incarnation, new Boot(boots, boots * 7)),
            durableSeq::get);
  }

  public MemberId id() {
    return id;
  }

  /** Both believe each other from now on; the way from here to there. */
  public PeerLink meet(LocalPeer other) {
    other.directory.met(incarnation, linkFrom(other, this, laneRefs()));
    PeerLink link = linkFrom(this, other, other.laneRefs());
    directory.met(other.incarnation, link);
    return link;
  }

  public PeerDirectory directory() {
    return directory;
  }

  public void publish(List<Witness> witnesses) {
    directory.publish(witnesses);
  }

  /** What came since the last call. */
  public List<PeerEnvelope> received(PeerLane lane) {
    return lanes.get(lane).getAllReceived();
  }

  private Map<PeerLane, ActorRef<PeerEnvelope>> laneRefs() {
    Map<PeerLane, ActorRef<PeerEnvelope>> refs = new EnumMap<>(PeerLane.class);
    lanes.forEach((lane, inbox) -> refs.put(lane, inbox.getRef()));
    return refs;
  }

  private static PeerLink linkFrom(
      LocalPeer from, LocalPeer to, Map<PeerLane, ActorRef<PeerEnvelope>> targets) {
    PeerDirectory sender = from.directory;
    return new PeerLink(
        to.id,
        to.directory.self().boot(),
        sender::origin,
        (lane, envelope) -> targets.get(lane).tell(envelope));
  }
}
