package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.peer.PeerIdentity.Verdict;
import io.conclave.raft.peer.PeerMessage.Greeting;
import io.conclave.raft.peer.PeerMessage.Refused;
import io.conclave.raft.peer.PeerMessage.Welcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whom this member greets, whom it believes and what it answers (architecture §8.7). A greeting
 * counts once everything known of its sender is on disk, and is answered only then.
 *
 * <p>Decides without sending, saving or waiting: all of that is {@link Outside}. Not thread-safe.
 */
public final class Acquaintances {
  private final PeerDirectory directory;
  private final PeerIdentity identity;
  private final Outside outside;
  private final Map<MemberId, PeerContact> contacts = new TreeMap<>();
  private Set<MemberId> removed = Set.of();
  private Introduction introduction;

  /** Greetings accepted and not answered yet; the latest of each member. */
  private final Map<MemberId, PeerEnvelope> unanswered = new LinkedHashMap<>();

  /** The pins differ from what was handed out to be saved last. */
  private boolean unsaved;

  private boolean saving;

  /** Saving failed; the next tick tries again. */
  private boolean retrying;

  /** What has to be done for it. */
  public interface Outside {
    /** Sends to the registry at {@code address}. */
    void send(String address, Boot receiver, PeerMessage message);

    /**
     * Makes {@code pins} durable, then calls {@link Acquaintances#saved}, or {@link
     * Acquaintances#notSaved}; one at a time.
     */
    void save(Pins pins);

    /** The way to a boot that is believed from now on. */
    PeerLink link(MemberId member, Boot boot, String address);

    /** Another boot of a peer is believed. */
    void met(PeerLink link);

    /** A greeting was refused. */
    void refused(MemberId peer, IdentityRefusal why, String text);

    /**
     * A peer refuses this very boot.
     *
     * @param ends the process has to end
     */
    void refusedBy(MemberId peer, IdentityRefusal why, String text, boolean ends);
  }

  /**
   * @param recovered pins that were saved
   * @param introduction of this boot
   */
  public Acquaintances(
      PeerDirectory directory, Pins recovered, Introduction introduction, Outside outside) {
    this.directory = directory;
    this.introduction = introduction;
    this.outside = outside;
    this.identity = new PeerIdentity(directory.self(), introduction.bootstrapHash(), recovered);
    directory.publish(identity.witnesses());
  }

  /** What came for the registry; anything but greetings and their answers is ignored. */
  public void received(PeerEnvelope envelope) {
    switch (envelope.message()) {
      case Greeting(Introduction theirs) -> introduced(envelope, theirs);
      case Welcome(Introduction theirs) -> {
        if (envelope.receiver().equals(directory.self().boot())) {
          introduced(envelope, theirs);
        }
      }
      case Refused refused -> refusedBy(envelope.origin(), refused);
      default -> {}
    }
  }

  private void introduced(PeerEnvelope envelope, Introduction theirs) {
    if (!PeerAddress.isAddress(theirs.address())) {
      return;
    }
    Origin origin = envelope.origin();
    learnDurable();
    switch (identity.greeted(origin, theirs, removed)) {
      case Verdict.Ignored() -> {}
      case Verdict.Refused(IdentityRefusal why, String text) -> {
        outside.refused(origin.member(), why, text);
        Refused answer = new Refused(origin.incarnation(), origin.boot(), why, text);
        outside.send(theirs.address(), Boot.NONE, answer);
      }
      case Verdict.Accepted(boolean news) -> {
        unanswered.put(origin.member(), envelope);
        unsaved |= news;
        saveThenAnswer();
      }
    }
  }

  private void refusedBy(Origin origin, Refused refused) {
    boolean current =
        refused.incarnation().equals(directory.self().incarnation())
            && refused.boot().equals(directory.self().boot());
    if (current) {
      boolean sameCluster = origin.clusterId() == directory.self().clusterId();
      boolean ends = sameCluster && refused.why().endsProcess();
      outside.refusedBy(origin.member(), refused.why(), refused.text(), ends);
    }
  }

  /**
   * The members changed.
   *
   * @param inForce whom to greet
   * @param gone ids whose removal is committed
   */
  public void configured(Membership inForce, Set<MemberId> gone) {
    gone.stream().filter(member -> !removed.contains(member)).forEach(this::forget);
    removed = gone;
    contacts.keySet().retainAll(inForce.members().keySet());
    for (Membership.Member member : inForce.members().values()) {
      if (!member.id().equals(directory.self().member())) {
        boolean isNew = !contacts.containsKey(member.id());
        contacts.computeIfAbsent(member.id(), _ -> new PeerContact()).configure(member.peerUrls());
        if (isNew) {
          greet(member.id());
        }
      }
    }
    saveThenAnswer();
  }

  private void forget(MemberId member) {
    identity.removed(member);
    directory.removed(member);
    unanswered.remove(member);
    unsaved = true;
  }

  /** Finds out whether this peer is there. */
  public void greet(MemberId member) {
    Optional.ofNullable(contacts.get(member))
        .flatMap(PeerContact::nextAddress)
        .ifPresent(address -> outside.send(address, Boot.NONE, new Greeting(introduction)));
  }

  /** A leader told what it knows. */
  public void heard(List<Witness> witnesses) {
    for (Witness witness : witnesses) {
      if (!removed.contains(witness.member())) {
        unsaved |= identity.heard(witness);
        disbelieve(witness);
      }
    }
    saveThenAnswer();
  }

  /** A later boot was seen elsewhere, so the one known here is over, or a copy. */
  private void disbelieve(Witness witness) {
    directory
        .peer(witness.member())
        .filter(peer -> !isPinned(witness.member(), peer.boot()))
        .ifPresent(_ -> directory.removed(witness.member()));
  }

  private boolean isPinned(MemberId member, Boot boot) {
    return identity.pins().of(member).filter(pin -> pin.boot().equals(boot)).isPresent();
  }

  /** As leader: {@code member} acknowledged, and the cluster committed, up to {@code index}. */
  public void committed(MemberId member, Boot boot, long index) {
    identity.committed(member, boot, index);
  }

  /** A joiner knows the first entry now. */
  public void joined(long bootstrapHash) {
    identity.joined(bootstrapHash);
    introduction =
        new Introduction(
            introduction.durableSeq(),
            introduction.lastIndex(),
            bootstrapHash,
            introduction.address());
  }

  /**
   * Greets whoever was silent since the last call; publishes what is known for heartbeats; tries
   * again to save what could not be saved.
   */
  public void tick() {
    if (retrying) {
      retrying = false;
      saveThenAnswer();
    }
    learnDurable();
    directory.publish(identity.witnesses());
    contacts.forEach(
        (member, contact) -> {
          long heard = directory.peer(member).map(PeerDirectory.Peer::accepted).orElse(-1L);
          if (contact.isSilent(heard)) {
            greet(member);
          }
        });
  }

  private void learnDurable() {
    contacts
        .keySet()
        .forEach(
            member ->
                directory
                    .peer(member)
                    .ifPresent(p -> identity.durable(member, p.boot(), p.durableSeq())));
  }

  /** Nobody is answered, or believed, before everything known of him is on disk. */
  private void saveThenAnswer() {
    if (saving || retrying) {
      return;
    }
    if (!unsaved) {
      List.copyOf(unanswered.values()).forEach(this::answer);
      unanswered.clear();
      return;
    }
    saving = true;
    unsaved = false;
    outside.save(identity.pins());
  }

  /** The pins that were handed out are durable. */
  public void saved() {
    saving = false;
    saveThenAnswer();
  }

  /** They may not be durable. Nobody is answered before they are. */
  public void notSaved() {
    saving = false;
    unsaved = true;
    retrying = true;
  }

  private void answer(PeerEnvelope envelope) {
    Origin origin = envelope.origin();
    if (!isPinned(origin.member(), origin.boot())) {
      return;
    }
    switch (envelope.message()) {
      case Greeting(Introduction theirs) -> {
        believe(origin, theirs.address());
        outside.send(theirs.address(), origin.boot(), new Welcome(introduction));
      }
      case Welcome(Introduction theirs) -> believe(origin, theirs.address());
      default -> throw new IllegalStateException("no introduction: " + envelope);
    }
  }

  private void believe(Origin origin, String address) {
    MemberId member = origin.member();
    Optional.ofNullable(contacts.get(member)).ifPresent(contact -> contact.answered(address));
    boolean known =
        directory.peer(member).filter(peer -> peer.boot().equals(origin.boot())).isPresent();
    if (!known) {
      PeerLink link = outside.link(member, origin.boot(), address);
      directory.met(origin.incarnation(), link);
      outside.met(link);
    }
  }
}
