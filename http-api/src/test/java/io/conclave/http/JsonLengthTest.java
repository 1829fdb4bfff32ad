package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.Bytes;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonLengthTest {
  /** Text of all lengths of UTF-8, both separators, every kind of escape, and broken sequences. */
  private static final Bytes SAMPLE =
      Bytes.utf8("plain \"\\\n\r\t<>&\u0001\u007f\u00e9\u20ac\u2027\u2028\u2029\u202a\ud83d\ude00");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void isThatOfWhatIsWritten(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] text = new byte[random.nextInt(60)];
      for (int at = 0; at < text.length; at++) {
        text[at] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt(256)
                : SAMPLE.at((at + i) % SAMPLE.length());
      }
      Bytes sample = Bytes.adopt(text);
      assertEquals(
          new JsonBytes(16).escaped(sample).toBytes().length(), JsonBytes.escapedLength(sample));
    }
  }
}
