package io.conclave.raft.peer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.InvalidActorNameException;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;

/** An actor system with the settings that members use among each other, on loopback. */
final class PeerSystem implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ActorSystem system;

  private PeerSystem(ActorSystem system) {
    this.system = system;
  }

  /**
   * @param port of the canonical address, 0 for one that a successor may bind again
   */
  static PeerSystem start(int port) {
    return start(port, "");
  }

  static PeerSystem start(int port, String moreConfig) {
    return new PeerSystem(
        ActorSystem.create(
            "conclave", config(port, moreConfig), ActorSystem.class.getClassLoader()));
  }

  static Config config(int port, String moreConfig) {
    return ConfigFactory.parseString(moreConfig)
        .withFallback(
            ConfigFactory.parseString(
                "pekko.remote.artery.canonical.port = " + (port == 0 ? FreePort.take() : port)))
        .withFallback(ConfigFactory.parseResources(PeerSystem.class, "/peer-system.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  ActorSystem system() {
    return system;
  }

  int port() {
    return (int) Cluster.get(system).selfAddress().port().get();
  }

  String address() {
    return "pekko://conclave@127.0.0.1:" + port();
  }

  /** Starts an actor under {@code /user} that collects what it gets. */
  BlockingQueue<Object> collect(String name) {
    BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    system.actorOf(collector(received), name);
    return received;
  }

  static Props collector(BlockingQueue<Object> received) {
    return Props.create(Collector.class, () -> new Collector(received));
  }

  /** Ends an actor that collects, and starts another one under its name. */
  BlockingQueue<Object> replace(String name) {
    system.stop(ref(address(), "/user/" + name));
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return collect(name);
      } catch (InvalidActorNameException notFreeYet) {
        if (System.nanoTime() - giveUp > 0) {
          throw new AssertionError(name + " did not stop", notFreeYet);
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** A plain reference to the actor at {@code path} of {@code other}, whatever runs there. */
  ActorRef ref(String otherAddress, String path) {
    return ((ExtendedActorSystem) system).provider().resolveActorRef(otherAddress + path);
  }

  ActorSelection selection(String otherAddress, String path) {
    return system.actorSelection(otherAddress + path);
  }

  static Object await(BlockingQueue<Object> received) throws InterruptedException {
    return found(received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Sends until something comes: a link may lose what it is given. */
  static Object await(BlockingQueue<Object> received, Runnable send) throws InterruptedException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    Object message = null;
    while (message == null && System.nanoTime() - giveUp < 0) {
      send.run();
      message = received.poll(1, TimeUnit.SECONDS);
    }
    return found(message);
  }

  private static Object found(Object message) {
    if (message == null) {
      throw new AssertionError("nothing came within " + PATIENCE);
    }
    return message;
  }

  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new AssertionError("system did not stop", failed);
    }
  }

  private static final class Collector extends AbstractActor {
    private final BlockingQueue<Object> received;

    private Collector(BlockingQueue<Object> received) {
      this.received = received;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().matchAny(received::add).build();
    }
  }
}
