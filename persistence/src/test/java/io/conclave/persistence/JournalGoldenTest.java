package io.conclave.persistence;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.persistence.LeveldbSegment.Event;
import io.conclave.persistence.RecordFormat.Mark;
import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bytes on disk, held fast: what an earlier version wrote is read, and what is written is still
 * the same. A golden file is never changed; a new format gets new ones.
 */
final class JournalGoldenTest {
  private static final Mark.Header HEADER = new Mark.Header(0x0123456789abcdefL, 1, 0);
  private static final MemberId SELF = new MemberId(0x8e9e05c52164694dL);

  @TempDir Path directory;

  private static List<JournalEvent> events() {
    LogEntry command =
        new LogEntry(
            new LogPosition(2, 1),
            new RequestId(SELF, 11, 12),
            new Stamp(1_500, 1_700_000_000_000L),
            new LogEntry.Payload.Command(Bytes.utf8("set")));
    LogEntry empty =
        new LogEntry(
            new LogPosition(3, 2), RequestId.NONE, Stamp.ZERO, new LogEntry.Payload.Empty());
    return List.of(
        new JournalEvent.HardStateSaved(new HardState(2, SELF, 0)),
        new JournalEvent.Appended(
            new HardState(3, SELF, 1), LogPosition.ORIGIN, List.of(command, empty)));
  }

  @ParameterizedTest
  @EnumSource
  void segmentIsWrittenAsEver(LeveldbEngine engine) throws IOException {
    List<JournalEvent> events = events();
    try (var segment = LeveldbSegment.create(directory, engine, HEADER, 1 << 20)) {
      for (int i = 0; i < events.size(); i++) {
        Bytes encoded = EntryCodec.encode(events.get(i));
        segment.append(List.of(new Event(i + 1, encoded.unsafeArray())));
      }
      segment.seal();
      segment.finish();
    }
    assertGolden("segment-v1.hex", Segment.log(Segment.directory(directory, 1)).orElseThrow());
  }

  @Test
  void segmentOfTheFirstVersionIsRead() throws IOException {
    Path segment = Segment.directory(directory, 1);
    Files.createDirectories(segment);
    Files.write(segment.resolve("000003.log"), golden("segment-v1.hex"));
    List<JournalEvent> read = new ArrayList<>();
    Segment found =
        SegmentReader.read(
                segment, (seq, payload) -> read.add(EntryCodec.decodeEvent(Bytes.copyOf(payload))))
            .orElseThrow();
    assertEquals(events(), read);
    assertEquals(HEADER, found.header());
    assertEquals(2, found.last());
    assertTrue(found.closed());
  }

  @Test
  void snapshotIsWrittenAsEverAndRead() throws IOException {
    var handle =
        new SnapshotHandle(
            SnapshotFixture.meta(12),
            SnapshotFixture.owner(40, false),
            pieces -> pieces.accept(Bytes.utf8("tree")));
    Path file = directory.resolve("written");
    SnapshotWriter.write(file, handle);
    assertGolden("snapshot-v1.hex", file);
    Files.write(file, golden("snapshot-v1.hex"));
    SnapshotFile read = SnapshotFile.verify(file);
    assertEquals(handle.meta(), read.meta());
    assertEquals(handle.owner(), read.owner());
    assertEquals(Bytes.utf8("tree"), SnapshotFixture.tree(file));
  }

  @Test
  void witnessNoteIsWrittenAsEverAndRead() throws IOException {
    var note = new WitnessNote(1_000, 900, 77_000);
    Path file = directory.resolve("witness");
    note.write(file);
    assertGolden("witness-v1.hex", file);
    Files.write(file, golden("witness-v1.hex"));
    assertEquals(Optional.of(note), WitnessNote.read(file));
  }

  private static void assertGolden(String name, Path file) throws IOException {
    HexFormat hex = HexFormat.of();
    assertEquals(hex.formatHex(golden(name)), hex.formatHex(Files.readAllBytes(file)));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = JournalGoldenTest.class.getResourceAsStream("/golden/" + name)) {
      String text = new String(in.readAllBytes(), US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }
}
