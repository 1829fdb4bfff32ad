package io.conclave.testkit.durability;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real process does when its data was damaged while it was down: it refuses the start with
 * exit code 11 and a sentence that says what to do, or serves everything that it ever acknowledged.
 * The table of all damages is that of the journal's own tests; here stand those that take different
 * ways through a process.
 */
class DamagedDataTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int KEYS = 400;
  private static final int DAMAGED = 11;
  private static final LaunchCommand COMMAND = command();
  private static final List<String> SMALL_SNAPSHOTS = List.of("--snapshot-count", "150");

  @TempDir private static Path sound;
  private static StoredTree written;

  @TempDir private Path home;

  /** A member that was stopped in order, with several segments and more than one snapshot. */
  @BeforeAll
  static void write() throws Exception {
    try (MemberProcess member = MemberProcess.prepare(COMMAND, "sound", sound)) {
      member.start(SMALL_SNAPSHOTS);
      member.awaitReady();
      try (WireConnection connection = WireConnection.open(member.clientUrl(), PATIENCE)) {
        for (int i = 0; i < KEYS; i++) {
          WireRequest put =
              WireRequest.form("PUT", "/v2/keys/kept/k" + i, "value=" + "x".repeat(1000));
          assertEquals(201, connection.exchange(put).head().status());
        }
      }
      written = StoredTree.read(member.clientUrl(), "/kept");
      assertEquals(143, member.terminate());
    }
    assertTrue(segments(sound).size() > 4 && snapshots(sound).size() > 1);
  }

  @Test
  void aFlippedBitInTheNewestSegmentIsRefused() throws Exception {
    copy();
    flip(log(newest()));
    assertRefused("The journal is damaged: ");
  }

  @Test
  void aFlippedBitInAnOlderSegmentIsRefused() throws Exception {
    copy();
    flip(log(segments(home).get(1)));
    assertRefused("The journal is damaged: ");
  }

  @Test
  void aMissingSegmentIsRefused() throws Exception {
    copy();
    delete(segments(home).get(2));
    assertRefused("The journal is damaged: ");
  }

  @Test
  void anEndThatWasCutOffIsRefusedThoughItLooksClean() throws Exception {
    copy();
    delete(segments(home).getLast());
    delete(newest());
    assertRefused("The journal");
  }

  @Test
  void aMissingJournalIsRefused() throws Exception {
    copy();
    delete(member(home).resolve("journal"));
    delete(member(home).resolve("snapshots"));
    Files.delete(member(home).resolve("witness"));
    assertRefused("The journal is empty though this member has had data: ");
  }

  @Test
  void aDamagedIdentityIsRefused() throws Exception {
    copy();
    flip(member(home).resolve("identity"));
    assertRefused("identity is damaged: ");
  }

  @Test
  void aDamagedSnapshotIsReplacedByTheOneBefore() throws Exception {
    copy();
    flip(snapshots(home).getLast());
    assertServesAll("snapshot is damaged, trying an older one");
  }

  @Test
  void whatLeveldbKeepsForItselfDoesNotMatter() throws Exception {
    copy();
    for (Path segment : segments(home)) {
      Files.delete(segment.resolve("CURRENT"));
    }
    assertServesAll("ready to serve clients");
  }

  private void assertRefused(String finding) throws Exception {
    try (MemberProcess member = MemberProcess.prepare(COMMAND, "sound", home)) {
      member.start(SMALL_SNAPSHOTS);
      assertEquals(OptionalInt.of(DAMAGED), member.awaitExit(PATIENCE), member::lastWords);
      List<String> complaints =
          member.log().lines().filter(line -> line.contains(" E | ")).toList();
      assertEquals(1, complaints.size(), member::lastWords);
      assertTrue(complaints.getFirst().contains(finding), member::lastWords);
      assertTrue(
          complaints.getFirst().contains("restore") && complaints.getFirst().contains("empty"),
          member::lastWords);
    }
  }

  private void assertServesAll(String logged) throws Exception {
    try (MemberProcess member = MemberProcess.prepare(COMMAND, "sound", home)) {
      member.start(SMALL_SNAPSHOTS);
      member.awaitReady();
      assertEquals(written.nodes(), StoredTree.read(member.clientUrl(), "/kept").nodes());
      assertTrue(member.log().contains(logged), member::lastWords);
    }
  }

  private static LaunchCommand command() {
    try {
      return LaunchCommand.member(
          List.of(
              "-Dconclave.persistence.segment-size=64KiB",
              "-Dconclave.raft.snapshot.growth-max=64KiB"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copy() throws IOException {
    try (Stream<Path> files = Files.walk(sound.resolve("data"))) {
      for (Path file : files.toList()) {
        Files.copy(file, home.resolve(sound.relativize(file)), COPY_ATTRIBUTES);
      }
    }
  }

  /** The segment that holds the newest event: the last one is made ahead. */
  private Path newest() throws IOException {
    return segments(home).reversed().get(1);
  }

  private static Path member(Path home) {
    return home.resolve("data/member");
  }

  private static List<Path> segments(Path home) throws IOException {
    return list(member(home).resolve("journal"));
  }

  private static List<Path> snapshots(Path home) throws IOException {
    return list(member(home).resolve("snapshots"));
  }

  private static Path log(Path segment) throws IOException {
    return list(segment).stream()
        .filter(file -> file.toString().endsWith(".log"))
        .findFirst()
        .get();
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[Math.min(bytes.length / 2, 5000)] ^= 4;
    Files.write(file, bytes);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
