package io.conclave.raft;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.Pins;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatchSettings;
import io.conclave.watch.WatcherHub;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A member with an actor system, a port and a disk of its own. The disk, which is in memory, and
 * the port outlive the system, like a machine outlives a process.
 */
final class LoopbackMember implements AutoCloseable {
  static final long CLUSTER = 0xc0ffee;
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final MemberId id;

  /** What others connect to; this member itself listens behind it. */
  final FaultyPort port;

  final JournalDisk disk = new JournalDisk();
  final List<ExitCode> exits = new CopyOnWriteArrayList<>();
  private final Optional<Membership> founders;
  private final String overrides;
  private final int ownPort;
  private Incarnation incarnation;
  private volatile Pins pins = Pins.NONE;
  private volatile boolean formed;
  private long boots;
  private ActorSystem<RaftSupervisor.Command> system;
  private Publications published;
  private MemberAccess access;

  /**
   * @param founders empty for one that joins
   */
  LoopbackMember(
      MemberId id, int ownPort, FaultyPort port, Optional<Membership> founders, String overrides) {
    this.id = id;
    this.ownPort = ownPort;
    this.port = port;
    this.founders = founders;
    this.overrides = overrides;
    this.incarnation = new Incarnation(id.value(), ownPort);
  }

  /** As the member that the log begins with, or that is added to it. */
  static Membership.Member describe(MemberId id, FaultyPort port, boolean learner) {
    return new Membership.Member(id, "", List.of("http://127.0.0.1:" + port.port()), learner);
  }

  Membership.Member asLearner() {
    return describe(id, port, true);
  }

  /** What it had on disk is gone; the next start draws a new name for the empty data dir. */
  void wipe() {
    disk.wipe();
    incarnation = new Incarnation(incarnation.high(), incarnation.low() + 1);
    pins = Pins.NONE;
    formed = false;
    boots = 0;
  }

  void start() {
    Config config =
        ConfigFactory.parseString(overrides)
            .withFallback(
                ConfigFactory.parseString(
                    "pekko.remote.artery { canonical.port = %d, bind.port = %d }"
                        .formatted(port.port(), ownPort)))
            .withFallback(ConfigFactory.parseResources(LoopbackMember.class, "/peer-system.conf"))
            .withFallback(ConfigFactory.load())
            .resolve();
    RaftSettings raft = RaftSettings.from(config);
    published = Publications.ofStarting(id, CLUSTER, KeySpace.initial(1000));
    access = new MemberAccess(raft.pending());
    MemberSetup setup =
        new MemberSetup(
            raft,
            KeySpaceSettings.from(config),
            new MemberIdentity(id, CLUSTER, "m" + id, List.of("http://127.0.0.1:1")),
            new NotedFounding(),
            new PeerSetup(
                incarnation, this::boot, pins, saved -> pins = saved, "127.0.0.1:" + port.port()),
            published,
            access,
            Clocks.SYSTEM,
            new SplittableRandom());
    system =
        ActorSystem.create(
            Behaviors.setup(
                context -> {
                  WatchBacklog backlog = new WatchBacklog(100_000);
                  ActorRef<WatcherHub.Command> hub =
                      context.spawn(
                          WatcherHub.create(
                              WatchSettings.from(config), published.tree()::get, _ -> {}, backlog),
                          "watch");
                  ActorRef<RaftSupervisor.Command> raftTree =
                      context.spawn(
                          RaftSupervisor.create(
                              setup,
                              new WatchFeed(hub, backlog),
                              disk.factory(),
                              (code, _) -> exits.add(code)),
                          "raft");
                  return Behaviors.receiveMessage(
                      message -> {
                        raftTree.tell(message);
                        return Behaviors.same();
                      });
                }),
            "conclave",
            config);
  }

  private synchronized Boot boot() {
    return new Boot(++boots, new SplittableRandom().nextLong());
  }

  /** All is gone at once, but for what the disk has confirmed. */
  void kill() {
    if (system != null) {
      system.terminate();
      get(system.getWhenTerminated().toCompletableFuture());
      system = null;
    }
  }

  /** Hands over, then stops in order. */
  void stop() {
    get(
        AskPattern.<RaftSupervisor.Command, RaftSupervisor.HandoverEnded>ask(
            system,
            replyTo -> new RaftSupervisor.HandOver(PATIENCE, replyTo),
            PATIENCE,
            system.scheduler()));
    get(
        AskPattern.<RaftSupervisor.Command, RaftSupervisor.Stopped>ask(
            system, RaftSupervisor.Stop::new, PATIENCE, system.scheduler()));
    kill();
  }

  boolean isUp() {
    return system != null;
  }

  ActorSystem<RaftSupervisor.Command> system() {
    return system;
  }

  MemberAccess access() {
    return access;
  }

  MemberView view() {
    return published.view().get();
  }

  Publications published() {
    return published;
  }

  KeySpace tree() {
    return published.tree().get();
  }

  /** The value of a key in this member's own tree; "" if there is none. */
  String value(String key) {
    return value(tree(), key);
  }

  private static String value(KeySpace tree, String key) {
    return tree.get(KeyPath.of(key), false, false, 0) instanceof Lookup.Found found
        ? found.event().node().value().utf8()
        : "";
  }

  CompletableFuture<ProposalReply> propose(Command command) {
    return proposeBytes(CommandCodec.encode(command));
  }

  CompletableFuture<ProposalReply> proposeBytes(Bytes command) {
    return this.<ProposalReply>ask(
        replyTo -> access.propose(command, deadline(), replyTo), ProposalReply.Failed::new);
  }

  /** Sets a key and returns once this member has applied it. */
  void put(String key, String value) {
    ProposalReply reply = get(propose(SingleMember.set(key, value)));
    if (!(reply instanceof ProposalReply.Applied)) {
      throw new AssertionError(id + " answers " + reply);
    }
  }

  ChangeReply change(Membership.Change change) {
    return get(
        this.<ChangeReply>ask(
            replyTo -> access.changeMembership(change, deadline(), replyTo),
            ChangeReply.Failed::new));
  }

  /** A linearizable read. */
  String read(String key) {
    ReadReply reply =
        get(
            this.<ReadReply>ask(
                replyTo -> access.readIndex(deadline(), replyTo), ReadReply.Failed::new));
    if (!(reply instanceof ReadReply.Ready(KeySpace root, var _))) {
      throw new AssertionError(id + " answers " + reply);
    }
    return value(root, key);
  }

  private static long deadline() {
    return System.nanoTime() + PATIENCE.toNanos();
  }

  private <R> CompletableFuture<R> ask(
      Function<ActorRef<R>, Optional<String>> send, Function<String, R> refused) {
    return AskPattern.<Object, R>ask(
            system.<Object>ignoreRef(),
            replyTo -> {
              send.apply(replyTo).ifPresent(cause -> replyTo.tell(refused.apply(cause)));
              return replyTo;
            },
            PATIENCE,
            system.scheduler())
        .toCompletableFuture();
  }

  static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
    port.close();
  }

  private final class NotedFounding implements Founding {
    @Override
    public Beginning beginning() {
      if (formed) {
        return new Beginning.Over();
      }
      return founders.<Beginning>map(Beginning.Found::new).orElseGet(Beginning.Join::new);
    }

    @Override
    public void formed() {
      formed = true;
    }
  }
}
