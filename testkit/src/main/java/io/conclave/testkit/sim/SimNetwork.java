package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerEnvelopeCodec;
import io.conclave.raft.peer.PeerLane;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A network between addresses that loses, delays, repeats and reorders encoded envelopes. Whoever
 * listens at an address when one arrives gets it, also a later life than it was meant for.
 */
final class SimNetwork {
  /** The actor that a message is for; {@link #REGISTRY} takes greetings. */
  enum Channel {
    REGISTRY,
    MEMBER,
    BULK,
    SNAPSHOT_RECEIVER,
    SNAPSHOT_SENDER;

    static Channel of(PeerLane lane) {
      return switch (lane) {
        case MEMBER -> MEMBER;
        case BULK -> BULK;
        case SNAPSHOT_RECEIVER -> SNAPSHOT_RECEIVER;
        case SNAPSHOT_SENDER -> SNAPSHOT_SENDER;
      };
    }

    /** Large messages have connections of their own and are slower. */
    private boolean isLarge() {
      return this != REGISTRY && this != MEMBER;
    }
  }

  /** Where an address ends. */
  @FunctionalInterface
  interface Door {
    void arrive(Channel channel, Bytes envelope);
  }

  private record Link(String from, String to) {}

  /**
   * Messages in it may overtake those in another one, and each other only if the weather is bad.
   */
  private record Stream(String from, String to, boolean large) {}

  private final SimClock clock;
  private final RandomGenerator random;
  private final Tally tally;
  private final Map<String, Door> doors = new HashMap<>();
  private final Set<Link> cut = new HashSet<>();
  private final Map<Stream, Long> arrivals = new HashMap<>();
  double dropRate;
  double repeatRate;
  long delayMicrosMax = 1000;
  boolean reorders;

  SimNetwork(SimClock clock, RandomGenerator random, Tally tally) {
    this.clock = clock;
    this.random = random;
    this.tally = tally;
  }

  /** Whatever arrives at {@code address} from now on goes through {@code door}. */
  void attach(String address, Door door) {
    doors.put(address, door);
  }

  void cut(String from, String to) {
    cut.add(new Link(from, to));
  }

  void join(String from, String to) {
    cut.remove(new Link(from, to));
  }

  void healAll() {
    cut.clear();
  }

  void send(String from, String to, Channel channel, PeerEnvelope envelope) {
    Bytes bytes = PeerEnvelopeCodec.encode(envelope);
    int copies = random.nextDouble() < repeatRate ? 2 : 1;
    if (copies > 1) {
      tally.count(Happening.MESSAGE_REPEATED);
    }
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < dropRate) {
        tally.count(Happening.MESSAGE_DROPPED);
        continue;
      }
      long delay = delay(channel, bytes);
      if (!reorders) {
        delay = behindOthers(new Stream(from, to, channel.isLarge()), delay);
      }
      clock.after(delay, () -> deliver(from, to, channel, bytes));
    }
  }

  private long behindOthers(Stream stream, long delay) {
    long now = clock.nowMicros();
    long arrival = Math.max(now + delay, arrivals.getOrDefault(stream, 0L));
    arrivals.put(stream, arrival);
    return arrival - now;
  }

  /** Most messages are quick, some take long enough to arrive in another term. */
  private long delay(Channel channel, Bytes bytes) {
    long delay = 50 + random.nextLong(delayMicrosMax);
    if (channel.isLarge()) {
      delay += random.nextLong(delayMicrosMax) + bytes.length() / 100;
    }
    return reorders && random.nextDouble() < dropRate ? delay * 100 : delay;
  }

  private void deliver(String from, String to, Channel channel, Bytes bytes) {
    Door door = doors.get(to);
    if (door == null || cut.contains(new Link(from, to))) {
      tally.count(Happening.MESSAGE_DROPPED);
      return;
    }
    door.arrive(channel, bytes);
  }
}
