package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
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
 * Finds the peers: the hands of {@link Acquaintances}, which decides. Greets every peer on start
 * and each second while it is silent, always by selection: plain messages don't reach the successor
 * of a peer that stopped gracefully (architecture §2.2). Runs at {@link PeerLane#REGISTRY_PATH}.
 */
public final class PeerRegistry extends AbstractMatchingBehavior<PeerRegistry.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(PeerRegistry.class);

  private final Setup setup;
  private final Acquaintances acquaintances;
  private final Set<String> warned = new HashSet<>();
  private boolean failing;

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
    this.acquaintances =
        new Acquaintances(
            setup.directory(), setup.recovered(), setup.introduction(), new Surroundings(context));
    timers.startTimerWithFixedDelay(Clock.TICK, setup.greetingInterval());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case PeerEnvelope envelope -> acquaintances.received(envelope);
      case Configured(Membership inForce, Set<MemberId> removed) ->
          acquaintances.configured(inForce, removed);
      case Greet(MemberId member) -> acquaintances.greet(member);
      case Heard(List<Witness> witnesses) -> acquaintances.heard(witnesses);
      case Committed(MemberId member, Boot boot, long index) ->
          acquaintances.committed(member, boot, index);
      case Joined(long bootstrapHash) -> acquaintances.joined(bootstrapHash);
      case Saved saved -> onSaved(saved);
      case Clock.TICK -> acquaintances.tick();
    }
    return this;
  }

  private void onSaved(Saved saved) {
    saved.failure().ifPresentOrElse(this::notSaved, acquaintances::saved);
    failing = saved.failure().isPresent();
  }

  /** Of failures in a row only the first is told: on a full disk there is one each second. */
  private void notSaved(Throwable failure) {
    if (!failing) {
      LOG.atWarn()
          .addKeyValue("reason", failure)
          .log("the identities of peers can't be saved: no other is believed until they are");
    }
    acquaintances.notSaved();
  }

  /** Other systems, the disk, and the member that listens. */
  private final class Surroundings implements Acquaintances.Outside {
    private final PeerPost post;

    private Surroundings(ActorContext<Command> context) {
      this.post = new PeerPost(context, setup.directory());
    }

    @Override
    public void send(String address, Boot receiver, PeerMessage message) {
      post.send(address, receiver, message);
    }

    @Override
    public void save(Pins pins) {
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

    @Override
    public PeerLink link(MemberId member, Boot boot, String address) {
      LOG.atInfo()
          .addKeyValue("peer", member)
          .addKeyValue("address", address)
          .addKeyValue("boot", boot.counter())
          .log("met a peer");
      return post.link(member, boot, address);
    }

    @Override
    public void met(PeerLink link) {
      setup.listener().tell(new Met(link));
    }

    @Override
    public void refused(MemberId peer, IdentityRefusal why, String text) {
      warnOnce(peer, why, "refused a greeting: " + text);
    }

    @Override
    public void refusedBy(MemberId peer, IdentityRefusal why, String text, boolean ends) {
      warnOnce(peer, why, "a peer refuses this member: " + text);
      if (ends) {
        setup.listener().tell(new SelfRefused(peer, why, text));
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
  }
}
