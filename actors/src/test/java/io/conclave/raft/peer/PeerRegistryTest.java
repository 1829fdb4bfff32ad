package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Registries of real systems that greet each other over Artery. */
final class PeerRegistryTest {
  private static final long CLUSTER = 0xcafe;

  private final List<Member> members = new ArrayList<>();

  @AfterEach
  void stop() {
    members.forEach(Member::close);
  }

  @Test
  void peersMeetAndTheirLinksWork() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER);
    introduce(one, two);
    PeerLink toTwo = one.met();
    PeerLink toOne = two.met();
    assertEquals(two.id, toTwo.member());
    assertEquals(one.id, toOne.member());
    assertTrue(one.pins.getLast().of(two.id).isPresent(), "pinned before it was believed");

    RaftMessage message = new RaftMessage.HeartbeatResponse(3, 4);
    PeerEnvelope envelope =
        (PeerEnvelope) PeerSystem.await(two.received, () -> toTwo.send(message));
    assertTrue(new PeerInbox(two.directory).accept(envelope));
    assertEquals(new PeerMessage.Raft(message, List.of()), envelope.message());
  }

  @Test
  void nobodyIsBelievedWhileTheDiskIsFullAndEverybodyAfterwards() throws Exception {
    Member one = start(1, CLUSTER);
    one.diskIsFull = true;
    Member two = start(2, CLUSTER);
    introduce(one, two);
    awaitFact(() -> one.failedSaves.get() > 2);
    assertTrue(one.news.isEmpty(), "believed before it was pinned");
    one.diskIsFull = false;
    assertEquals(two.id, one.met().member());
    assertEquals(one.id, two.met().member());
    assertTrue(one.pins.getLast().of(two.id).isPresent(), "pinned before it was believed");
  }

  @Test
  void aPeerIsFoundWhenItStartsLater() throws Exception {
    int port = FreePort.take();
    Member one = start(1, CLUSTER);
    one.configure(membership(one, port));
    Member two = start(2, CLUSTER, port, 1, 0, Pins.NONE);
    assertEquals(two.id, one.met().member());
  }

  @Test
  void theSuccessorOfAPeerIsMetByItsNewBoot() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER);
    introduce(one, two);
    assertEquals(1, one.met().boot().counter());
    two.close();
    Member successor = start(2, CLUSTER, two.system.port(), 2, 0, Pins.NONE);
    assertEquals(2, one.met().boot().counter());
    introduce(one, successor);
    assertEquals(one.id, successor.met().member());
  }

  @Test
  void aMemberThatLostItsJournalIsToldSo() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER, 0, 1, 700, Pins.NONE);
    introduce(one, two);
    one.met();
    two.met();
    two.close();
    Member successor = start(2, CLUSTER, two.system.port(), 2, 699, Pins.NONE);
    introduce(one, successor);
    PeerRegistry.SelfRefused refused = successor.refused();
    assertEquals(IdentityRefusal.LOST_WRITES, refused.why());
    assertEquals(one.id, refused.by());
  }

  @Test
  void aRemovedMemberIsToldSo() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER);
    one.registry.tell(
        new PeerRegistry.Configured(membership(one, two.system.port()), Set.of(two.id)),
        ActorRef.noSender());
    two.configure(membership(two, one.system.port()));
    PeerRegistry.SelfRefused refused = two.refused();
    assertEquals(IdentityRefusal.REMOVED, refused.why());
  }

  @Test
  void membersOfDifferentClustersNeverMeet() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER);
    Member stranger = start(2, CLUSTER + 1);
    introduce(one, stranger);
    introduce(one, two);
    one.configure(membership(one, two.system.port(), stranger.system.port()));
    assertEquals(two.directory.self().boot(), one.met().boot());
    assertTrue(stranger.news.isEmpty(), "got " + stranger.news);
  }

  @Test
  void hearsayIsPinnedAndPassedOn() throws Exception {
    Member one = start(1, CLUSTER);
    Witness witness = new Witness(new MemberId(3), new Incarnation(3, 3), new Boot(4, 5), 600, 700);
    one.registry.tell(new PeerRegistry.Heard(List.of(witness)), ActorRef.noSender());
    awaitFact(() -> one.directory.witnesses().equals(List.of(witness)));
    awaitFact(() -> !one.pins.isEmpty() && one.pins.getLast().of(witness.member()).isPresent());
  }

  @Test
  void aBootOvertakenElsewhereIsNotBelievedAnyMore() throws Exception {
    Member one = start(1, CLUSTER);
    Member two = start(2, CLUSTER);
    introduce(one, two);
    one.met();
    Witness later = new Witness(two.id, new Incarnation(2, CLUSTER), new Boot(9, 9), 0, 0);
    one.registry.tell(new PeerRegistry.Heard(List.of(later)), ActorRef.noSender());
    PeerRegistry.SelfRefused refused = two.refused();
    assertEquals(IdentityRefusal.OLD_COPY, refused.why());
    assertTrue(one.directory.peer(two.id).isEmpty());
  }

  private static void awaitFact(BooleanSupplier fact) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "it never became true");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void introduce(Member one, Member two) {
    one.configure(membership(one, two.system.port()));
    two.configure(membership(two, one.system.port()));
  }

  /** Member 1 and 2, of which the other one may be at any of these ports. */
  private static Membership membership(Member self, int... others) {
    List<String> urls = new ArrayList<>();
    for (int port : others) {
      urls.add("http://127.0.0.1:" + port);
    }
    MemberId other = new MemberId(self.id.value() == 1 ? 2 : 1);
    return Membership.of(
        List.of(
            new Membership.Member(self.id, "self", List.of(self.url()), false),
            new Membership.Member(other, "other", urls, false)));
  }

  private Member start(long id, long cluster) {
    return start(id, cluster, 0, 1, 0, Pins.NONE);
  }

  private Member start(long id, long cluster, int port, long boot, long durable, Pins pins) {
    Member member = new Member(id, cluster, port, boot, durable, pins);
    members.add(member);
    return member;
  }

  /** An actor system with a registry at its place, and a collector where the member would be. */
  private static final class Member {
    private final PeerSystem system;
    private final MemberId id;
    private final PeerDirectory directory;
    private final BlockingQueue<Object> news = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final List<Pins> pins = new CopyOnWriteArrayList<>();
    private final ActorRef registry;
    private final AtomicInteger failedSaves = new AtomicInteger();
    private volatile boolean diskIsFull;
    private boolean closed;

    private Member(long id, long cluster, int port, long boot, long durable, Pins recovered) {
      this.id = new MemberId(id);
      system = PeerSystem.start(port);
      directory =
          new PeerDirectory(
              new PeerIdentity.Self(
                  cluster, this.id, new Incarnation(id, cluster), new Boot(boot, boot + 100)),
              () -> durable);
      var introduction = new Introduction(durable, 0, 0, "127.0.0.1:" + system.port());
      var setup =
          new PeerRegistry.Setup(
              directory,
              recovered,
              introduction,
              this::save,
              Runnable::run,
              Duration.ofMillis(200),
              Adapter.toTyped(system.system().actorOf(PeerSystem.collector(news), "news")));
      var started = new CompletableFuture<ActorRef>();
      system
          .system()
          .actorOf(
              Props.create(Subtree.class, () -> new Subtree(setup, received, started)), "raft");
      registry = started.join();
    }

    private void save(Pins changed) throws IOException {
      if (diskIsFull) {
        failedSaves.incrementAndGet();
        throw new IOException("No space left on device");
      }
      pins.add(changed);
    }

    private String url() {
      return "http://127.0.0.1:" + system.port();
    }

    private void configure(Membership membership) {
      registry.tell(new PeerRegistry.Configured(membership, Set.of()), ActorRef.noSender());
    }

    private PeerLink met() throws InterruptedException {
      return ((PeerRegistry.Met) PeerSystem.await(news)).link();
    }

    /** It may have met the peer before that one refuses it. */
    private PeerRegistry.SelfRefused refused() throws InterruptedException {
      Object next = PeerSystem.await(news);
      while (next instanceof PeerRegistry.Met) {
        next = PeerSystem.await(news);
      }
      return (PeerRegistry.SelfRefused) next;
    }

    private void close() {
      if (!closed) {
        closed = true;
        system.close();
      }
    }
  }

  /** Stands for RaftSupervisor, so that its children have their real paths. */
  private static final class Subtree extends AbstractActor {
    private Subtree(
        PeerRegistry.Setup setup,
        BlockingQueue<Object> received,
        CompletableFuture<ActorRef> started) {
      getContext()
          .actorOf(
              PeerSystem.collector(received),
              PeerLane.MEMBER.name(setup.directory().self().boot()));
      started.complete(
          Adapter.toClassic(Adapter.spawn(getContext(), PeerRegistry.create(setup), "peers")));
    }

    @Override
    public Receive createReceive() {
      return emptyBehavior();
    }
  }
}
