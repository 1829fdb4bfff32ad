package io.conclave.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;

/**
 * What the peer port costs: messages of 8 KiB that go to another actor system and back, through
 * both systems' ports and without any, in turns. A command, no test; for {@code
 * docs/performance.md}.
 */
final class PeerPortMeasurement {
  private static final int ROUNDS = 7;
  private static final int MESSAGES = 10_000;
  private static final int MESSAGE_BYTES = 8 << 10;

  private PeerPortMeasurement() {}

  public static void main(String[] arguments) throws Exception {
    Pair with = new Pair(ArteryMember.behindPeerPort(), ArteryMember.behindPeerPort());
    Pair without = new Pair(ArteryMember.without(), ArteryMember.without());
    compare(with, without, 1);
    compare(with, without, 32);
    with.stop();
    without.stop();
  }

  private static void compare(Pair with, Pair without, int inFlight) throws InterruptedException {
    List<Double> ported = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      bare.add(without.microsEach(inFlight));
      ported.add(with.microsEach(inFlight));
    }
    System.out.printf(
        Locale.ROOT,
        "%d in flight: %.0f µs a round trip without, %.0f µs through both ports, ratio %.2f%n",
        inFlight,
        median(bare) * inFlight,
        median(ported) * inFlight,
        median(ported) / median(bare));
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private record Pair(ArteryMember one, ArteryMember two) {
    private Pair {
      two.system().actorOf(Props.create(Echo.class, Echo::new), "echo");
    }

    private double microsEach(int inFlight) throws InterruptedException {
      CountDownLatch done = new CountDownLatch(MESSAGES);
      ActorRef echo = one.ref(two, "/user/echo");
      long begun = System.nanoTime();
      ActorRef asker =
          one.system().actorOf(Props.create(Asker.class, () -> new Asker(echo, inFlight, done)));
      if (!done.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("no answer to " + done.getCount() + " messages");
      }
      double micros = (System.nanoTime() - begun) / 1e3 / MESSAGES;
      one.system().stop(asker);
      return micros;
    }

    private void stop() throws Exception {
      one.stop();
      two.stop();
    }
  }

  private static final class Echo extends AbstractActor {
    @Override
    public Receive createReceive() {
      return receiveBuilder().matchAny(message -> getSender().tell(message, getSelf())).build();
    }
  }

  /** Keeps so many messages on their way. */
  private static final class Asker extends AbstractActor {
    private final ActorRef echo;
    private final CountDownLatch done;
    private final byte[] message = new byte[MESSAGE_BYTES];

    private Asker(ActorRef echo, int inFlight, CountDownLatch done) {
      this.echo = echo;
      this.done = done;
      for (int sent = 0; sent < inFlight; sent++) {
        echo.tell(message, getSelf());
      }
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .match(
              byte[].class,
              answer -> {
                done.countDown();
                echo.tell(message, getSelf());
              })
          .build();
    }
  }
}
