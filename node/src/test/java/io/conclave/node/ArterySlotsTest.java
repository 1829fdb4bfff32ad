package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.node.ArterySlots.Outcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ArterySlotsTest {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final InetAddress A = address(1);
  private static final InetAddress B = address(2);
  private static final InetAddress C = address(3);

  private long seconds;
  private final ArterySlots<Connection> slots =
      new ArterySlots<>(4, SILENCE, () -> Duration.ofSeconds(seconds).toNanos());

  private static final class Connection implements ArterySlots.Holder {
    private final InetAddress address;
    private long heardSeconds;

    Connection(InetAddress address, long heardSeconds) {
      this.address = address;
      this.heardSeconds = heardSeconds;
    }

    @Override
    public InetAddress address() {
      return address;
    }

    @Override
    public long heardNanos() {
      return Duration.ofSeconds(heardSeconds).toNanos();
    }
  }

  @Test
  void nobodyGivesWayWhileThereIsRoom() {
    Connection first = take(A);
    take(A);
    take(B);
    seconds = 100;
    take(B);
    assertEquals(4, slots.taken());
    slots.release(first);
    assertEquals(3, slots.taken());
    take(C);
  }

  @Test
  void whoSpokeALittleAgoStays() {
    fill(A, A, B, B);
    seconds = 9;
    assertRefused(C);
    assertRefused(A);
  }

  @Test
  void theFormerLifeOfAMachineGivesWayToItself() {
    fill(A, B, C);
    seconds = 5;
    fill(A);
    seconds = 10;
    Outcome<Connection> outcome = slots.take(new Connection(A, seconds));
    Connection gone = outcome.gaveWay().orElseThrow();
    assertEquals(A, gone.address);
    assertEquals(0, gone.heardSeconds);
  }

  @Test
  void ofThoseWithEquallyManyTheLongestSilentGivesWay() {
    fill(A, B);
    seconds = 1;
    fill(A, B);
    seconds = 5;
    Connection newcomer = new Connection(C, seconds);
    assertEquals(new Outcome<>(false, Optional.empty()), slots.take(newcomer));
    seconds = 10;
    Outcome<Connection> outcome = slots.take(newcomer);
    assertEquals(0, outcome.gaveWay().orElseThrow().heardSeconds);
    assertEquals(4, slots.taken());
  }

  @Test
  void aStrangerWithManyTakesNothingFromAMemberWithFew() {
    Connection member = take(A);
    fill(B, B, B);
    seconds = 100;
    for (int i = 0; i < 10; i++) {
      Outcome<Connection> outcome = slots.take(new Connection(B, 0));
      assertEquals(B, outcome.gaveWay().orElseThrow().address());
    }
    member.heardSeconds = seconds;
    Outcome<Connection> outcome = slots.take(new Connection(A, seconds));
    assertEquals(B, outcome.gaveWay().orElseThrow().address());
  }

  @Test
  void aMemberIsNotDisturbedByAStrangerThatKeepsTalking() {
    fill(A);
    seconds = 100;
    fill(B, B, B);
    assertRefused(B);
  }

  @Test
  void whoGaveWayNeedNotBeReleasedAgain() {
    fill(A, A, A, A);
    seconds = 10;
    Connection gone = slots.take(new Connection(B, seconds)).gaveWay().orElseThrow();
    slots.release(gone);
    assertEquals(4, slots.taken());
  }

  private void fill(InetAddress... addresses) {
    for (InetAddress address : addresses) {
      take(address);
    }
  }

  private Connection take(InetAddress address) {
    Connection connection = new Connection(address, seconds);
    assertEquals(new Outcome<Connection>(true, Optional.empty()), slots.take(connection));
    return connection;
  }

  private void assertRefused(InetAddress address) {
    Outcome<Connection> outcome = slots.take(new Connection(address, seconds));
    assertEquals(new Outcome<Connection>(false, Optional.empty()), outcome);
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
