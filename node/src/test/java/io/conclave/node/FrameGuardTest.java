package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.node.FrameGuard.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameGuardTest {
  private static final int ORDINARY = 256 << 10;
  private static final int LARGE = 2 << 20;
  private static final FrameGuard.Limits LIMITS = new FrameGuard.Limits(ORDINARY, LARGE);

  private final FrameGuard guard = new FrameGuard(LIMITS);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void framesOfEveryStreamPass(int streamId) {
    assertEquals(Verdict.FINE, inspect(stream(streamId, 1, 70_000, ORDINARY)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 71, 255})
  void anotherStreamIdIsRefused(int streamId) {
    assertEquals(Verdict.UNKNOWN_STREAM, inspect(new byte[] {(byte) streamId}));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 262144, FINE",
    "1, 262145, FRAME_LENGTH",
    "2, 262144, FINE",
    "2, 262145, FRAME_LENGTH",
    "3, 2097152, FINE",
    "3, 2097153, FRAME_LENGTH",
    "2, 0, FRAME_LENGTH",
    "2, -1, FRAME_LENGTH",
    "3, 1073741824, FRAME_LENGTH",
    "3, 2147483647, FRAME_LENGTH",
    "3, -2147483648, FRAME_LENGTH"
  })
  void aFrameMayNotBeLongerThanItsStreamAllows(int streamId, int length, Verdict expected) {
    assertEquals(expected, inspect(header(streamId, length)));
  }

  @Test
  void aBadLengthBehindGoodFramesIsRefused() {
    assertEquals(Verdict.FINE, inspect(stream(2, 10, 20)));
    assertEquals(Verdict.FINE, inspect(new byte[] {0, 0, 4}));
    assertEquals(Verdict.FRAME_LENGTH, inspect(new byte[] {1}));
  }

  @Test
  void onceRefusedItStaysRefused() {
    inspect(header(2, -1));
    assertEquals(Verdict.FRAME_LENGTH, inspect(stream(2, 10)));
  }

  @Test
  void howTheBytesAreCutMakesNoDifference() {
    Random random = new Random(7);
    byte[] good = stream(3, 1, 2, 3, 4, 5, 300_000, 1, 65_536, 65_531);
    byte[] bad = header(2, LARGE);
    for (int run = 0; run < 200; run++) {
      assertEquals(Verdict.FINE, inspectInPieces(new FrameGuard(LIMITS), good, random));
      assertEquals(Verdict.FRAME_LENGTH, inspectInPieces(new FrameGuard(LIMITS), bad, random));
    }
  }

  @Test
  void theBufferIsLeftAsItWas() {
    ByteBuffer bytes = ByteBuffer.wrap(stream(2, 10));
    guard.inspect(bytes);
    assertEquals(0, bytes.position());
    assertEquals(15, bytes.limit());
  }

  private Verdict inspect(byte[] bytes) {
    return guard.inspect(ByteBuffer.wrap(bytes));
  }

  private static Verdict inspectInPieces(FrameGuard guard, byte[] bytes, Random random) {
    Verdict verdict = Verdict.FINE;
    for (int at = 0; at < bytes.length; ) {
      int length =
          Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 99_999));
      verdict = guard.inspect(ByteBuffer.wrap(bytes, at, length).slice());
      at += length;
    }
    return verdict;
  }

  private static byte[] stream(int streamId, int... lengths) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(streamId);
    for (int length : lengths) {
      bytes.writeBytes(littleEndian(length));
      bytes.writeBytes(new byte[length]);
    }
    return bytes.toByteArray();
  }

  private static byte[] header(int streamId, int length) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(streamId);
    bytes.writeBytes(littleEndian(length));
    return bytes.toByteArray();
  }

  private static byte[] littleEndian(int length) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
  }
}
