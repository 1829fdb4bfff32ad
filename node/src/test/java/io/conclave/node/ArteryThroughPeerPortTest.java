package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.PeerPort.Refused;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two actor systems that know only each other's peer port. */
final class ArteryThroughPeerPortTest {
  private final List<ArteryMember> members = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (ArteryMember member : members) {
      member.stop();
    }
  }

  @Test
  void messagesOfBothLanesPassBothPorts() throws Exception {
    ArteryMember one = start();
    ArteryMember two = start();
    one.ref(two, "/user/member").tell("there", ActorRef.noSender());
    assertEquals("there", await(two.received()));
    two.ref(one, "/user/member").tell("back", ActorRef.noSender());
    assertEquals("back", await(one.received()));
    one.ref(two, "/user/bulk").tell(new byte[2_000_000], ActorRef.noSender());
    assertEquals(2_000_000, ((byte[]) await(two.received())).length);
    one.ref(two, "/user/member").tell(new byte[250_000], ActorRef.noSender());
    assertEquals(250_000, ((byte[]) await(two.received())).length);
    assertEquals(0, two.refused(Refused.FRAME_LENGTH));
  }

  @Test
  void aStrangersClaimCostsNothingAndDisturbsNobody() throws Exception {
    ArteryMember one = start();
    ArteryMember two = start();
    one.ref(two, "/user/member").tell("before", ActorRef.noSender());
    assertEquals("before", await(two.received()));
    for (int streamId = 1; streamId <= 3; streamId++) {
      try (Socket stranger = new Socket(two.address().getAddress(), two.address().getPort())) {
        stranger.setSoTimeout(30_000);
        stranger.getOutputStream().write(new byte[] {1, 'c', 'v', '1', (byte) streamId});
        stranger.getOutputStream().write(new byte[] {-1, -1, -1, 0x7F, 1, 2, 3});
        assertTrue(ended(stranger), "a frame near 2^31 was let in");
      }
    }
    assertEquals(3, two.refused(Refused.FRAME_LENGTH));
    one.ref(two, "/user/member").tell("after", ActorRef.noSender());
    assertEquals("after", await(two.received()));
  }

  @Test
  void theEndOfAPeerIsTold() throws Exception {
    ArteryMember one = start();
    ArteryMember two = start();
    one.ref(two, "/user/member").tell("before", ActorRef.noSender());
    assertEquals("before", await(two.received()));
    one.stop();
    members.remove(one);
    await(two.closed());
  }

  private ArteryMember start() throws IOException {
    ArteryMember member = ArteryMember.behindPeerPort();
    members.add(member);
    return member;
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (IOException reset) {
      return !(reset instanceof SocketTimeoutException);
    }
  }

  private static Object await(BlockingQueue<?> queue) throws InterruptedException {
    Object next = queue.poll(20, TimeUnit.SECONDS);
    assertTrue(next != null, "nothing came");
    return next;
  }
}
