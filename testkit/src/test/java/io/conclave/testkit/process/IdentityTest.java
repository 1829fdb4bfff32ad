package io.conclave.testkit.process;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.persistence.DurableFiles;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory that is not the one that the cluster knows never gets a second vote: its process
 * ends with exit code 13, and the others go on. What looks alike and is harmless goes on, too.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class IdentityTest {
  private static final int REFUSED = 13;
  private static final Duration LOST_ANSWER = Duration.ofMillis(500);

  @TempDir private Path home;
  private ProcessCluster cluster;
  private MemberProcess victim;

  @BeforeEach
  void form() throws Exception {
    cluster = ProcessCluster.prepare(LaunchCommand.member(), 3, home);
    cluster.form();
    victim = cluster.member(3);
    Keys.of(victim).set("acknowledged", "1");
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void aWipedDirectoryIsRefused() throws Exception {
    victim.kill();
    DurableFiles.deleteTree(victim.dataDirectory());
    cluster.start(victim);
    assertRefused(victim, "has already been bootstrapped");
    assertTheOthersServe();
  }

  @Test
  void aWipedDirectoryIsRefusedByThoseWhoCameLater() throws Exception {
    for (MemberProcess member : cluster.members()) {
      member.kill();
    }
    DurableFiles.deleteTree(victim.dataDirectory());
    cluster.start(victim);
    for (MemberProcess other : cluster.others(victim)) {
      cluster.start(other);
    }
    assertRefused(victim, "has another data dir than before");
    assertTheOthersServe();
  }

  @Test
  void anOldCopyIsRefused() throws Exception {
    victim.terminate();
    Path copy = home.resolve("copy");
    copy(victim.dataDirectory(), copy);
    for (int start = 0; start < 2; start++) {
      cluster.start(victim);
      victim.awaitReady();
      Keys.of(victim).set("acknowledged", "2");
      victim.kill();
    }
    replace(victim, copy);
    cluster.start(victim);
    assertRefused(victim, "is an old copy");
    assertEquals(
        Optional.of("2"), Keys.of(cluster.others(victim).getFirst()).quorumGet("acknowledged"));
    assertTheOthersServe();
  }

  @Test
  void aCloneBesideTheOriginalIsRefused() throws Exception {
    MemberProcess clone = cluster.prepareOneMore();
    copy(victim.dataDirectory(), clone.dataDirectory());
    cluster.start(clone);
    assertRefused(clone, "another process runs as member");
    Keys.of(victim).set("original", "serves");
  }

  @Test
  void swappedDirectoriesAreRefusedAndNoHarmIsDone() throws Exception {
    MemberProcess other = cluster.member(2);
    victim.kill();
    other.kill();
    swap(victim.dataDirectory(), other.dataDirectory());
    cluster.start(victim);
    cluster.start(other);
    assertRefused(victim, "use the right one");
    assertRefused(other, "use the right one");
    swap(victim.dataDirectory(), other.dataDirectory());
    cluster.start(victim);
    cluster.start(other);
    cluster.awaitReady(List.of(victim, other));
    assertEquals(Optional.of("1"), Keys.of(victim).quorumGet("acknowledged"));
  }

  @Test
  void membersOfAnotherTokenNeverMix() throws Exception {
    victim.kill();
    DurableFiles.deleteTree(victim.dataDirectory());
    cluster.start(victim, "--initial-cluster-token", "another");
    cluster.awaitFact("the mismatch", () -> victim.log().contains("cluster ID mismatch"));
    assertTheOthersServe();
    assertTrue(victim.isAlive(), victim::lastWords);
    assertTrue(!Keys.of(victim).holds("acknowledged", "1"), "it got the other cluster's data");
  }

  /** A tail that was never committed is lost by right. */
  @Test
  void aTruncatedTailIsNotRefused() throws Exception {
    MemberProcess leader = cluster.awaitLeader();
    List<MemberProcess> followers = cluster.others(leader);
    for (MemberProcess follower : followers) {
      follower.kill();
    }
    assertThrows(
        SocketTimeoutException.class, () -> new Keys(leader, LOST_ANSWER).set("tail", "lost"));
    leader.kill();
    for (MemberProcess follower : followers) {
      cluster.start(follower);
    }
    cluster.awaitReady(followers);
    Keys.of(followers.getFirst()).set("acknowledged", "2");
    for (int start = 0; start < 2; start++) {
      cluster.start(leader);
      leader.awaitReady();
      cluster.awaitFact("the tail to go", () -> Keys.of(leader).holds("acknowledged", "2"));
      assertEquals(Optional.empty(), Keys.of(leader).quorumGet("tail"));
      leader.terminate();
    }
  }

  /** It comes back under a new id, as a learner first. */
  @Test
  void aMemberThatWasRemovedAndAddedAgainIsNotRefused() throws Exception {
    MemberProcess other = cluster.others(victim).getFirst();
    Members.of(other).remove(victim);
    assertEquals(OptionalInt.of(0), victim.awaitExit(ProcessCluster.PATIENCE), victim::lastWords);
    DurableFiles.deleteTree(victim.dataDirectory());
    Members.of(other).add(victim);
    cluster.join(victim, cluster.others(victim));
    victim.awaitReady();
    cluster.awaitFact("the newcomer to catch up", () -> Keys.of(victim).holds("acknowledged", "1"));
    Keys.of(victim).set("acknowledged", "2");
    assertTheOthersServe();
  }

  private void assertRefused(MemberProcess member, String words) throws InterruptedException {
    assertEquals(
        OptionalInt.of(REFUSED), member.awaitExit(ProcessCluster.PATIENCE), member::lastWords);
    assertTrue(member.log().contains(words), member::lastWords);
  }

  private void assertTheOthersServe() throws IOException {
    for (MemberProcess other : cluster.others(victim)) {
      Keys.of(other).set("by-" + other.name(), "served");
    }
  }

  private static void replace(MemberProcess member, Path by) throws IOException {
    DurableFiles.deleteTree(member.dataDirectory());
    Files.move(by, member.dataDirectory());
  }

  private void swap(Path one, Path other) throws IOException {
    Path aside = home.resolve("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), COPY_ATTRIBUTES);
      }
    }
  }
}
