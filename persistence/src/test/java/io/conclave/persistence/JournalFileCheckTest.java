package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a start makes of damaged files. The image is that of a killed process: three closed
 * segments, an open one that is sealed, and one made ahead.
 */
final class JournalFileCheckTest {
  private static JournalImage original;

  @TempDir Path temporary;
  private JournalImage image;

  @BeforeAll
  static void makeImage(@TempDir Path directory) throws IOException {
    original = JournalImage.make(directory);
  }

  @BeforeEach
  void copyImage() throws IOException {
    image = original.copyTo(temporary.resolve("image"));
  }

  @ParameterizedTest
  @EnumSource
  void damageIsRefusedOrHarmless(FileDamage damage) throws IOException {
    damage.apply(image);
    if (damage.refused) {
      DamagedData refusal = assertThrows(DamagedData.class, () -> image.read(), "must refuse");
      assertTrue(refusal.getMessage().contains("remove this member"), refusal.getMessage());
    } else {
      assertEquals(image.events, image.read());
      try (SegmentedLog log = JournalFixture.open(image.settings)) {
        JournalFixture.write(log, 5, 1, 50);
      }
      assertEquals(image.events + 5, image.read());
    }
  }

  @Test
  void refusalLeavesTheFilesAlone() throws IOException {
    image.flip(JournalImage.OPEN_SEGMENT, image.sealedEnd / 2);
    byte[] before = Files.readAllBytes(image.log(JournalImage.OPEN_SEGMENT));
    assertThrows(DamagedData.class, () -> JournalFixture.open(image.settings));
    assertTrue(Arrays.equals(before, Files.readAllBytes(image.log(JournalImage.OPEN_SEGMENT))));
  }

  @Test
  void noFlippedBitOfASealedJournalLosesAnEvent() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      Path log = image.log(1 + random.nextInt(JournalImage.OPEN_SEGMENT));
      long offset = random.nextLong(JournalImage.end(log));
      int bit = 1 << random.nextInt(8);
      JournalImage.flip(log, offset, bit);
      try {
        assertEquals(image.events, image.read(), log + " byte " + offset);
      } catch (DamagedData refused) {
        assertTrue(refused.getMessage().startsWith("The journal is damaged"));
      }
      JournalImage.flip(log, offset, bit);
    }
  }

  @Test
  void lastBatchDamagedBeforeItsSealIsTakenForTheOneInFlight() throws IOException {
    var unsealed = JournalFixture.settings(temporary.resolve("unsealed"));
    try (SegmentedLog log = JournalFixture.open(image.settings)) {
      JournalFixture.write(log, 1, 1, 100);
      JournalFixture.write(log, 1, 1, 100);
      JournalFixture.copy(image.settings.directory(), unsealed.directory());
    }
    Path log = JournalFixture.log(unsealed, 6);
    JournalImage.flip(log, JournalImage.end(log) - 20);
    assertEquals(image.events + 1, JournalFixture.read(unsealed));
    new WitnessNote(image.events + 2, 0, 0).write(unsealed.witnessFile());
    assertThrows(DamagedData.class, () -> JournalFixture.read(unsealed));
  }

  @Test
  void valueThatLooksLikeALogRecordIsNoRecord() throws IOException {
    byte[] forged =
        LogFormat.frame(BatchFormat.encode(1_000, RecordFormat.eventKey(99), new byte[40]), 0)
            .array();
    byte[] payload = new byte[2_000];
    System.arraycopy(forged, 0, payload, 1_000, forged.length);
    var torn = JournalFixture.settings(temporary.resolve("torn"));
    try (SegmentedLog log = JournalFixture.open(image.settings)) {
      log.append(java.util.List.of(new LeveldbSegment.Event(image.events + 1, payload)));
      JournalFixture.copy(image.settings.directory(), torn.directory());
    }
    Path log = JournalFixture.log(torn, 6);
    JournalImage.flip(log, JournalImage.end(log) - 1_950);
    assertEquals(image.events, JournalFixture.read(torn));
  }

  @Test
  void forgedMarksAreUnknown() {
    byte[] value = RecordFormat.markValue(5, new Mark.Closed(7));
    ByteBuffer key = ByteBuffer.wrap(RecordFormat.markKey(new Mark.Closed(7)));
    assertTrue(RecordFormat.mark(5, key, ByteBuffer.wrap(value)).isPresent());
    assertTrue(RecordFormat.mark(6, key, ByteBuffer.wrap(value)).isEmpty());
  }
}
