package io.conclave.testkit.sim;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A network that loses, delays, repeats and reorders. Its envelopes carry what the real ones do:
 * the sender's boot, the receiver's boot as far as the sender knows it, and a number, so that
 * repeated messages and those meant for an earlier life are dropped at the door.
 */
final class SimNetwork {
  /** What is on the wire; a greeting has no message. */
  record Envelope(
      MemberId from, long boot, MemberId to, long receiverBoot, long number, RaftMessage message) {}

  private record Link(MemberId from, MemberId to) {}

  private final SimClock clock;
  private final RandomGenerator random;
  private final Map<MemberId, Consumer<Envelope>> doors = new HashMap<>();
  private final Set<Link> cut = new HashSet<>();
  double dropRate;
  double repeatRate;
  long delayMicrosMax = 1000;
  int dropped;
  int repeated;
  int delivered;

  SimNetwork(SimClock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Whatever arrives for {@code member} from now on goes through {@code door}. */
  void attach(MemberId member, Consumer<Envelope> door) {
    doors.put(member, door);
  }

  void cut(MemberId from, MemberId to) {
    cut.add(new Link(from, to));
  }

  void healAll() {
    cut.clear();
    dropRate = 0;
    repeatRate = 0;
    delayMicrosMax = 1000;
  }

  boolean isCut(MemberId from, MemberId to) {
    return cut.contains(new Link(from, to));
  }

  void send(Envelope envelope) {
    int copies = random.nextDouble() < repeatRate ? 2 : 1;
    repeated += copies - 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < dropRate) {
        dropped++;
        continue;
      }
      // Most messages are quick, some take long enough to arrive in another term.
      long delay = 50 + random.nextLong(delayMicrosMax);
      if (random.nextDouble() < dropRate) {
        delay *= 100;
      }
      clock.after(delay, () -> deliver(envelope));
    }
  }

  private void deliver(Envelope envelope) {
    Consumer<Envelope> door = doors.get(envelope.to());
    if (door == null || isCut(envelope.from(), envelope.to())) {
      dropped++;
      return;
    }
    delivered++;
    door.accept(envelope);
  }
}
