package io.conclave.raft;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Stamp;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.Pins;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatcherHub;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;

/** A cluster of one, as tests see it from outside. */
final class SingleMember {
  static final MemberId SELF = MemberId.parse("ce2a822cea30bfca");
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final ActorTestKit kit;
  final TestClock clock = new TestClock();
  final Publications published = Publications.ofStarting(SELF, 7, KeySpace.initial(1000));
  final AtomicLong boots = new AtomicLong();
  final AtomicInteger bootsToFail = new AtomicInteger();
  final NotedFounding founding = new NotedFounding();
  final MemberAccess access;
  final MemberSetup setup;
  final TestProbe<WatcherHub.Command> hub;
  final WatchFeed feed;

  /**
   * @param overrides of {@code reference.conf}
   */
  SingleMember(ActorTestKit kit, String overrides) {
    this.kit = kit;
    Config config = ConfigFactory.parseString(overrides).withFallback(ConfigFactory.load());
    RaftSettings raft = RaftSettings.from(config);
    this.access = new MemberAccess(raft.pending());
    this.setup =
        new MemberSetup(
            raft,
            KeySpaceSettings.from(config),
            new MemberIdentity(SELF, 7, "one", List.of("http://a:2379")),
            founding,
            new PeerSetup(
                new Incarnation(1, 1), this::nextBoot, Pins.NONE, pins -> {}, "127.0.0.1:2380"),
            published,
            access,
            clock.clocks(),
            new SplittableRandom(42));
    this.hub = kit.createTestProbe();
    this.feed = new WatchFeed(hub.getRef(), new WatchBacklog(1000));
  }

  private Boot nextBoot() throws IOException {
    if (bootsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("No space left on device");
    }
    return new Boot(boots.incrementAndGet(), 42);
  }

  /** Sends a proposal; the answer goes to the probe. */
  TestProbe<ProposalReply> propose(Command command) {
    TestProbe<ProposalReply> reply = kit.createTestProbe();
    var refusal =
        access.propose(
            CommandCodec.encode(command), clock.nanos() + PATIENCE.toNanos(), reply.getRef());
    if (refusal.isPresent()) {
      reply.getRef().tell(new ProposalReply.Failed(refusal.get()));
    }
    return reply;
  }

  /** Remembers in memory what a data directory would. */
  static final class NotedFounding implements Founding {
    static final Membership INITIAL =
        Membership.of(List.of(new Membership.Member(SELF, "one", List.of("http://a:2380"), false)));
    private volatile boolean formed;

    @Override
    public Beginning beginning() {
      return formed ? new Beginning.Over() : new Beginning.Found(INITIAL);
    }

    @Override
    public void formed() {
      formed = true;
    }
  }

  static Command set(String key, String value) {
    return new Command.Set(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false);
  }

  static Command setFor(String key, long seconds) {
    return new Command.Set(
        KeyPath.of(key), Bytes.utf8("v"), false, new Ttl.Seconds(seconds), false);
  }

  /** Waits for a fact that some other thread brings about. */
  static void await(String what, BooleanSupplier fact) {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(500_000);
    }
  }

  /** Cluster time for a reader. */
  Stamp now() {
    return published.now().get().at(clock.nanos());
  }

  void awaitReady() {
    await("ready", () -> published.view().get().ready());
  }
}
