package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.peer.PeerIdentity.Verdict;
import io.conclave.raft.peer.PeerMessage.Greeting;
import io.conclave.raft.peer.PeerMessage.Refused;
import io.conclave.raft.peer.PeerMessage.Welcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the peers and decides which boot of each is believed. Greets every peer on start and each
 * second while it is silent, always by selection: plain messages don't reach the successor of a
 * peer that stopped gracefully (architecture §2.2). Runs at {@link PeerLane#REGISTRY_PATH}.
 */
public final class PeerRegistry extends AbstractMatchingBehavior<PeerRegistry.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(PeerRegistry.class);

  private final Setup setup;
  private final PeerDirectory directory;
  private final PeerIdentity identity;
  private final PeerPost post;
  private final Map<MemberId, PeerContact> contacts = new HashMap<>();
  private Set<MemberId> removed = Set.of();

  /**
   * Greetings accepted, and not answered before the pins are on disk; the latest of each member.
   */
  private final Map<MemberId, PeerEnvelope> unanswered = new LinkedHashMap<>();

  /** The pins differ from what was handed to the store last. */
  private boolean unsaved;

  private boolean saving;
  private Introduction introduction;
  private final Set<String> warned = new HashSet<>();

  /** What it accepts; from outside {@link PeerEnvelope} only. */
  public sealed interface Command
      permits PeerEnvelope, Configured, Greet, Heard, Committed, Joined, Clock, Saved {}

  /**
   * The members changed.
   *
   * @param inForce who to greet
   * @param removed ids whose removal is committed
   */
  public record Configured(Membership inForce, Set<MemberId> removed) implements Command {
    public Configured {
      removed = Set.copyOf(removed);
    }
  }

  /** Find out at once whether this peer is there. */
  public record Greet(MemberId member) implements Command {}

  /** A leader told what it knows. */
  public record Heard(List<Witness> witnesses) implements Command {
    public Heard {
      witnesses = List.copyOf(witnesses);
    }
  }

  /** As leader: {@code member} acknowledged, and the cluster committed, up to {@code index}. */
  public record Committed(MemberId member, Boot boot, long index) implements Command {}

  /** A joiner knows the first entry now. */
  public record Joined(long bootstrapHash) implements Command {}

  private enum Clock implements Command {
    TICK
  }

  private record Saved(Optional<Throwable> failure) implements Command {}

  /** What it tells. */
  public sealed interface News {}

  /** Another boot of a peer is believed from now on. */
  public record Met(PeerLink link) implements News {}

  /** A peer refuses this very process, which must end (exit code 13, or 0 if it was removed). */
  public record SelfRefused(MemberId by, IdentityRefusal why, String text) implements News {}

  /**
   * @param recovered pins that were saved
   * @param introduction of this boot
   * @param greetingInterval between two looks for silent peers
   * @param files runs {@code pins}, which blocks
   */
  public record Setup(
      PeerDirectory directory,
      Pins recovered,
      Introduction introduction,
      PinStore pins,
      Executor files,
      Duration greetingInterval,
      ActorRef<News> listener) {}

  public static Behavior<Command> create(Setup setup) {
    return Behaviors.withTimers(
        timers -> Behaviors.setup(context -> new PeerRegistry(context, timers, setup)));
  }

  private PeerRegistry(ActorContext<Command> context, TimerScheduler<Command> timers, Setup setup) {
    super(context);
    this.setup = setup;
    this.directory = setup.directory();
    this.post = new PeerPost(context, directory);
    this.introduction = setup.introduction();
    this.identity =
        new PeerIdentity(directory.self(), introduction.bootstrapHash(), setup.recovered());
    directory.publish(identity.witnesses());
    timers.startTimerWithFixedDelay(Clock.TICK, setup.greetingInterval());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case PeerEnvelope envelope -> onEnvelope(envelope);
      case Configured configured -> onConfigured(configured);
      case Greet(MemberId member) -> onGreet(member);
      case Heard(List<Witness> witnesses) -> onHeard(witnesses);
      case Committed committed -> onCommitted(committed);
      case Joined(long bootstrapHash) -> onJoined(bootstrapHash);
      case Saved saved -> onSaved(saved);
      case Clock.TICK -> onTick();
    };
  }

  private Behavior<Command> onEnvelope(PeerEnvelope envelope) {
    switch (envelope.message()) {
      case Greeting(Introduction theirs) -> onIntroduced(envelope, theirs);
      case Welcome(Introduction theirs) -> {
        if (envelope.receiver().equals(directory.self().boot())) {
          onIntroduced(envelope, theirs);
        }
      }
      case Refused refused -> onRefused(envelope.origin(), refused);
      default -> {}
    }
    return this;
  }

  private void onIntroduced(PeerEnvelope envelope, Introduction theirs) {
    if (!PeerAddress.isAddress(theirs.address())) {
      return;
    }
    Origin origin = envelope.origin();
    learnDurable();
    switch (identity.greeted(origin, theirs, removed)) {
      case Verdict.Ignored() -> {}
      case Verdict.Refused(IdentityRefusal why, String text) -> {
        warnOnce(origin.member(), why, "refused a greeting: " + text);
        Refused answer = new Refused(origin.incarnation(), origin.boot(), why, text);
        post.send(theirs.address(), Boot.NONE, answer);
      }
      case Verdict.Accepted(boolean news) -> {
        unanswered.put(origin.member(), envelope);
        unsaved |= news;
        saveThenAnswer();
      }
    }
  }

  /** Refusals come back each second for as long as nobody puts things right. */
  private void warnOnce(MemberId peer, IdentityRefusal why, String text) {
    if (warned.size() >= Pins.MEMBERS_MAX) {
      warned.clear();
    }
    if (warned.add(peer + text)) {
      LOG.atWarn().addKeyValue("peer", peer).addKeyValue("reason", why).log(text);
    }
  }

  private void onRefused(Origin origin, Refused refused) {
    boolean current =
        refused.incarnation().equals(directory.self().incarnation())
            && refused.boot().equals(directory.self().boot());
    if (!current) {
      return;
    }
    warnOnce(origin.member(), refused.why(), "a peer refuses this member: " + refused.text());
    boolean sameCluster = origin.clusterId() == directory.self().clusterId();
    if (sameCluster && refused.why().endsProcess()) {
      setup.listener().tell(new SelfRefused(origin.member(), refused.why(), refused.text()));
    }
  }

  private Behavior<Command> onConfigured(Configured configured) {
    configured.removed().stream().filter(member -> !removed.contains(member)).forEach(this::forget);
    removed = configured.removed();
    contacts.keySet().retainAll(configured.inForce().members().keySet());
    for (Membership.Member member : configured.inForce().members().values()) {
      if (!member.id().equals(directory.self().member())) {
        boolean isNew = !contacts.containsKey(member.id());
        contacts.computeIfAbsent(member.id(), _ -> new PeerContact()).configure(member.peerUrls());
        if (isNew) {
          onGreet(member.id());
        }
      }
    }
    saveThenAnswer();
    return this;
  }

  private void forget(MemberId member) {
    identity.removed(member);
    directory.removed(member);
    unanswered.remove(member);
    unsaved = true;
  }

  private Behavior<Command> onGreet(MemberId member) {
    Optional.ofNullable(contacts.get(member))
        .flatMap(PeerContact::nextAddress)
        .ifPresent(address -> post.send(address, Boot.NONE, new Greeting(introduction)));
    return this;
  }

  private Behavior<Command> onHeard(List<Witness> witnesses) {
    boolean news = false;
    for (Witness witness : witnesses) {
      if (!removed.contains(witness.member())) {
        news |= identity.heard(witness);
        disbelieve(witness);
      }
    }
    unsaved |= news;
    saveThenAnswer();
    return this;
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

  private Behavior<Command> onCommitted(Committed committed) {
    identity.committed(committed.member(), committed.boot(), committed.index());
    return this;
  }

  private Behavior<Command> onJoined(long bootstrapHash) {
    identity.joined(bootstrapHash);
    introduction =
        new Introduction(
            introduction.durableSeq(),
            introduction.lastIndex(),
            bootstrapHash,
            introduction.address());
    return this;
  }

  private Behavior<Command> onTick() {
    learnDurable();
    directory.publish(identity.witnesses());
    contacts.forEach(
        (member, contact) -> {
          long heard = directory.peer(member).map(PeerDirectory.Peer::accepted).orElse(-1L);
          if (contact.isSilent(heard)) {
            onGreet(member);
          }
        });
    return this;
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
    if (saving) {
      return;
    }
    if (!unsaved) {
      List.copyOf(unanswered.values()).forEach(this::answer);
      unanswered.clear();
      return;
    }
    saving = true;
    unsaved = false;
    Pins pins = identity.pins();
    getContext()
        .pipeToSelf(
            CompletableFuture.runAsync(() -> store(pins), setup.files()),
            (_, failure) -> new Saved(Optional.ofNullable(failure)));
  }

  private void store(Pins pins) {
    try {
      setup.pins().save(pins);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Behavior<Command> onSaved(Saved saved) {
    saved
        .failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException("can't save the identities of peers", failure);
            });
    saving = false;
    saveThenAnswer();
    return this;
  }

  private void answer(PeerEnvelope envelope) {
    Origin origin = envelope.origin();
    if (!isPinned(origin.member(), origin.boot())) {
      return;
    }
    switch (envelope.message()) {
      case Greeting(Introduction theirs) -> {
        believe(origin, theirs.address());
        post.send(theirs.address(), origin.boot(), new Welcome(introduction));
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
      PeerLink link = post.link(member, origin.boot(), address);
      directory.met(origin.incarnation(), link);
      LOG.atInfo()
          .addKeyValue("peer", member)
          .addKeyValue("address", address)
          .addKeyValue("boot", origin.boot().counter())
          .log("met a peer");
      setup.listener().tell(new Met(link));
    }
  }
}
