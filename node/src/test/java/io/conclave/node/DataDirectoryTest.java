package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.CommandLine.Request;
import io.conclave.raft.core.MemberId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir private Path temporary;
  private Path root;

  @BeforeEach
  void chooseARoot() {
    root = temporary.resolve("deep/data");
  }

  private NodeSettings settings(String... more) throws StartRefused {
    var arguments = new ArrayList<String>(List.of("--data-dir", root.toString()));
    arguments.addAll(List.of(more));
    StartupLog log = new CapturedLog().log();
    var start = (Request.Start) CommandLine.read(arguments, Map.of(), log);
    return NodeSettings.from(start.values(), log);
  }

  private static Identity identity() {
    return new Identity(new MemberId(-2), -3, "0123456789abcdef".repeat(2), 1, false, false);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private String refused(String... more) {
    return assertThrows(StartRefused.class, () -> DataDirectory.contentOf(settings(more)))
        .getMessage();
  }

  @Test
  void lookingCreatesNothing() throws Exception {
    assertEquals(DataDirectory.Content.NOTHING, DataDirectory.contentOf(settings()));
    assertTrue(Files.notExists(root));
  }

  @Test
  void onlyTheOwnerCanLookInside() throws Exception {
    try (DataDirectory directory = DataDirectory.open(settings())) {
      directory.write(identity());
      for (Path path : List.of(root, directory.member(), directory.journal())) {
        assertEquals("rwx------", mode(path), path.toString());
      }
      for (String file : List.of("member/lock", "member/identity")) {
        assertEquals("rw-------", mode(root.resolve(file)), file);
      }
      assertEquals(root.resolve("member/journal"), directory.journal());
    }
  }

  @Test
  void theJournalCanLieElsewhere() throws Exception {
    Path journal = temporary.resolve("wal");
    try (DataDirectory directory = DataDirectory.open(settings("--wal-dir", journal.toString()))) {
      assertEquals(journal, directory.journal());
      assertEquals("rwx------", mode(journal));
      assertTrue(Files.notExists(root.resolve("member/journal")));
    }
  }

  @Test
  void aSecondUserIsRefused() throws Exception {
    try (DataDirectory first = DataDirectory.open(settings())) {
      assertEquals(Optional.empty(), first.identity());
      var refused = assertThrows(StartRefused.class, () -> DataDirectory.open(settings()));
      assertEquals("open wal error: file already locked", refused.getMessage());
    }
    DataDirectory.open(settings()).close();
  }

  @Test
  void theIdentityOutlivesTheProcess() throws Exception {
    try (DataDirectory directory = DataDirectory.open(settings())) {
      directory.write(identity());
      assertEquals(DataDirectory.Content.NOTHING, DataDirectory.contentOf(settings()));
      directory.write(identity().asFormed());
      assertEquals(DataDirectory.Content.MEMBER, DataDirectory.contentOf(settings()));
      directory.write(new Identity(new MemberId(1), 2, "0".repeat(32), 1, true, false));
      assertEquals(DataDirectory.Content.MEMBER, DataDirectory.contentOf(settings()));
      directory.write(identity().asFormed());
    }
    try (DataDirectory directory = DataDirectory.open(settings())) {
      assertEquals(Optional.of(identity().asFormed()), directory.identity());
      directory.write(directory.identity().orElseThrow().booted());
      assertEquals(2, directory.identity().orElseThrow().boot());
    }
  }

  @Test
  void aDamagedIdentityIsRefusedWhateverByteIsHit() throws Exception {
    Path file = root.resolve("member/identity");
    try (DataDirectory directory = DataDirectory.open(settings())) {
      directory.write(identity().asFormed());
    }
    byte[] whole = Files.readAllBytes(file);
    var random = new SplittableRandom(7);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      var refused = assertThrows(StartRefused.class, () -> DataDirectory.contentOf(settings()));
      assertEquals(11, refused.exitCode());
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      var refused = assertThrows(StartRefused.class, () -> DataDirectory.open(settings()));
      assertEquals(11, refused.exitCode(), "not because an earlier attempt keeps the lock");
    }
  }

  @Test
  void aFileInItsPlaceOrAboveItIsRefused() throws Exception {
    Path plain = Files.writeString(temporary.resolve("plain"), "not a directory");
    root = plain;
    assertEquals("error listing data dir: " + plain, refused());
    root = plain.resolve("sub");
    assertEquals("error listing data dir: " + root, refused());
  }

  @Test
  void whyADirectoryCanNotBeWrittenIsSaid() {
    root = Path.of("/proc/conclave/data"); // nobody can make a directory there, root neither
    var refused = assertThrows(StartRefused.class, () -> DataDirectory.open(settings()));
    assertEquals(
        "cannot write to data directory /proc/conclave/data: /proc/conclave: no such file or"
            + " directory",
        refused.getMessage());
  }

  @Test
  void aFileWhereTheMemberLivesIsSaid() throws Exception {
    Files.createDirectories(root);
    Path file = Files.writeString(root.resolve("member"), "not a directory");
    var refused = assertThrows(StartRefused.class, () -> DataDirectory.open(settings()));
    assertEquals(
        "cannot write to data directory "
            + root
            + ": "
            + file
            + ": there is something else in its place",
        refused.getMessage());
  }

  @Test
  void aMemberThatIsAlsoAProxyIsRefused() throws Exception {
    Files.createDirectories(root.resolve("member"));
    Files.createDirectories(root.resolve("proxy"));
    assertEquals("invalid datadir. Both member and proxy directories exist.", refused());
  }

  @Test
  void aProxysDirectoryIsRecognised() throws Exception {
    Files.createDirectories(root.resolve("proxy"));
    assertEquals(DataDirectory.Content.PROXY, DataDirectory.contentOf(settings()));
  }

  @Test
  void dataOfEtcdIsRefusedWithAHint() throws Exception {
    for (List<String> paths :
        List.of(List.of("member/wal"), List.of("member/snap"), List.of("conf", "log"))) {
      root = temporary.resolve("foreign-" + paths.hashCode());
      for (String path : paths) {
        Files.createDirectories(root.resolve(path));
      }
      assertTrue(refused().startsWith(root + " holds data of etcd"), refused());
      assertTrue(refused().contains("copy the keys over the v2 API"), refused());
    }
  }
}
