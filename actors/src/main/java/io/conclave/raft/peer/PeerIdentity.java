package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.Pins.Known;
import io.conclave.raft.peer.Pins.Pin;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whom to believe (architecture §8.7). A vote or an acknowledgement is only worth something
 * if the data dir behind it is the one that made the earlier ones: a wiped, restored or copied one
 * is refused, and comes back only as a new member.
 *
 * <p>Pure: after a change that {@link Verdict.Accepted#news} or {@link #heard} tells of, the caller
 * makes {@link #pins} durable before he acts on it. Not thread-safe.
 */
public final class PeerIdentity {
  private static final String REJOIN = ": remove the member and add it again";

  private final Self self;
  private long bootstrapHash;
  private Pins pins;

  /** Whose identity this is. */
  public record Self(long clusterId, MemberId member, Incarnation incarnation, Boot boot) {}

  /** What to do about a greeting. */
  public sealed interface Verdict {
    /**
     * @param news the pins have changed
     */
    record Accepted(boolean news) implements Verdict {}

    record Refused(IdentityRefusal why, String text) implements Verdict {}

    /** It comes from this very process, or says nothing that concerns it: no answer. */
    record Ignored() implements Verdict {}
  }

  /**
   * @param bootstrapHash of the own first entry, 0 while there is none
   */
  public PeerIdentity(Self self, long bootstrapHash, Pins recovered) {
    this.self = self;
    this.bootstrapHash = bootstrapHash;
    this.pins = recovered;
  }

  public Pins pins() {
    return pins;
  }

  /** A joiner has received the first entry, or a snapshot with its hash. */
  public void joined(long hash) {
    bootstrapHash = hash;
  }

  /**
   * Judges a greeting, or the introduction in the answer to one.
   *
   * @param removed ids whose removal is committed
   */
  public Verdict greeted(Origin origin, Introduction introduction, Set<MemberId> removed) {
    if (origin.clusterId() != self.clusterId()) {
      return refuse(
          IdentityRefusal.OTHER_CLUSTER,
          "cluster ID mismatch: want %016x, got %016x",
          self.clusterId(),
          origin.clusterId());
    }
    if (removed.contains(origin.member())) {
      return refuse(
          IdentityRefusal.REMOVED,
          "the member %s has been permanently removed from the cluster",
          origin.member());
    }
    if (differ(bootstrapHash, introduction.bootstrapHash())) {
      return refuse(
          IdentityRefusal.OTHER_FIRST_ENTRY,
          "member %s began with another --initial-cluster: the names or URLs differ",
          origin.member());
    }
    if (origin.member().equals(self.member())) {
      return judgeNamesake(origin);
    }
    Optional<Pin> pin = pins.of(origin.member());
    return pin.isPresent() ? judge(origin, introduction, pin.get()) : meet(origin);
  }

  /** A message of the pinned boot told how far the sender's journal is durable. */
  public void durable(MemberId member, Boot boot, long durableSeq) {
    learn(member, boot, new Known(durableSeq, 0));
  }

  /** As leader: the member acknowledged, and the cluster committed, everything up to here. */
  public void committed(MemberId member, Boot boot, long knownIndex) {
    learn(member, boot, new Known(0, knownIndex));
  }

  /** What a leader passed on; true if the pins must be made durable. */
  public boolean heard(Witness witness) {
    Known known = new Known(witness.durableSeq(), witness.knownIndex());
    Optional<Pin> pinned = pins.of(witness.member());
    if (witness.member().equals(self.member())) {
      return false;
    }
    if (pinned.isEmpty()) {
      if (pins.byMember().size() >= Pins.MEMBERS_MAX) {
        return false;
      }
      put(witness.member(), new Pin(witness.incarnation(), witness.boot(), Known.NOTHING, known));
      return true;
    }
    Pin pin = pinned.get();
    if (!pin.incarnation().equals(witness.incarnation())) {
      return false;
    }
    if (witness.boot().counter() > pin.boot().counter()) {
      put(
          witness.member(),
          new Pin(pin.incarnation(), witness.boot(), pin.now(), pin.now().max(known)));
      return true;
    }
    learn(witness.member(), witness.boot(), known);
    return false;
  }

  /** What a leader puts into its heartbeats. */
  public List<Witness> witnesses() {
    return pins.byMember().entrySet().stream()
        .map(
            entry -> {
              Pin pin = entry.getValue();
              return new Witness(
                  entry.getKey(),
                  pin.incarnation(),
                  pin.boot(),
                  pin.now().durableSeq(),
                  pin.now().index());
            })
        .toList();
  }

  /** The removal is committed: the id never comes back, so its pin is of no use. */
  public void removed(MemberId member) {
    pins = pins.without(member);
  }

  private Verdict meet(Origin origin) {
    if (pins.byMember().size() >= Pins.MEMBERS_MAX) {
      return refuse(
          IdentityRefusal.TOO_MANY_MEMBERS, "more than %d members are known", Pins.MEMBERS_MAX);
    }
    Known now = new Known(origin.durableSeq(), 0);
    put(origin.member(), new Pin(origin.incarnation(), origin.boot(), Known.NOTHING, now));
    return new Verdict.Accepted(true);
  }

  private Verdict judge(Origin origin, Introduction introduction, Pin pin) {
    if (!origin.incarnation().equals(pin.incarnation())) {
      return refuse(
          IdentityRefusal.OTHER_DATA_DIR,
          "member %s has another data dir than before (%s, was %s)" + REJOIN,
          origin.member(),
          origin.incarnation(),
          pin.incarnation());
    }
    if (origin.boot().counter() < pin.boot().counter()) {
      return refuse(
          IdentityRefusal.OLD_COPY,
          "the data dir of member %s is an old copy (start %d, but %d was seen)" + REJOIN,
          origin.member(),
          origin.boot().counter(),
          pin.boot().counter());
    }
    boolean sameBoot = origin.boot().equals(pin.boot());
    if (!sameBoot && origin.boot().counter() == pin.boot().counter()) {
      return refuse(
          IdentityRefusal.CLONE,
          "another process runs on a copy of the data dir of member %s" + REJOIN,
          origin.member());
    }
    Known needed = sameBoot ? pin.before() : pin.now();
    if (introduction.durableSeq() < needed.durableSeq()
        || introduction.lastIndex() < needed.index()) {
      return refuse(
          IdentityRefusal.LOST_WRITES,
          "the data dir of member %s lost acknowledged writes (journal at %d, was %d; log at %d,"
              + " was %d)"
              + REJOIN,
          origin.member(),
          introduction.durableSeq(),
          needed.durableSeq(),
          introduction.lastIndex(),
          needed.index());
    }
    if (sameBoot) {
      durable(origin.member(), origin.boot(), origin.durableSeq());
      return new Verdict.Accepted(false);
    }
    Known now = pin.now().max(new Known(origin.durableSeq(), 0));
    put(origin.member(), new Pin(pin.incarnation(), origin.boot(), pin.now(), now));
    return new Verdict.Accepted(true);
  }

  /** Somebody else claims to be this member. The later start of one data dir is left to others. */
  private Verdict judgeNamesake(Origin origin) {
    boolean sameDataDir = origin.incarnation().equals(self.incarnation());
    if (sameDataDir
        && (origin.boot().equals(self.boot()) || origin.boot().counter() > self.boot().counter())) {
      return new Verdict.Ignored();
    }
    return judge(
        origin,
        new Introduction(origin.durableSeq(), 0, 0, ""),
        new Pin(self.incarnation(), self.boot(), Known.NOTHING, Known.NOTHING));
  }

  private void learn(MemberId member, Boot boot, Known known) {
    pins.of(member)
        .filter(pin -> boot.counter() <= pin.boot().counter())
        .filter(pin -> !pin.now().max(known).equals(pin.now()))
        .ifPresent(
            pin ->
                put(
                    member,
                    new Pin(pin.incarnation(), pin.boot(), pin.before(), pin.now().max(known))));
  }

  private void put(MemberId member, Pin pin) {
    pins = pins.with(member, pin);
  }

  private static boolean differ(long hash, long other) {
    return hash != 0 && other != 0 && hash != other;
  }

  private static Verdict refuse(IdentityRefusal why, String format, Object... arguments) {
    return new Verdict.Refused(why, format.formatted(arguments));
  }
}
