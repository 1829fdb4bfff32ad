package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.WatchStream.Seen;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watch sees every event once, or is told that it can't, also at a member that has got a snapshot
 * in place of the entries that it missed.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class WatchAcrossSnapshotTest {
  private static final String DIRECTORY = "watched";
  private static final int EARLY = 5;

  /** More than the log keeps and than is on its way to a member that stands still. */
  private static final int MISSED = 60;

  private static final String SHORT_HISTORY = "10";
  private static final String LONG_HISTORY = "200";
  private static final List<String> SMALL_LOG =
      List.of(
          "-Dconclave.raft.snapshot.catch-up-entries=5",
          "-Dconclave.raft.snapshot.catch-up-bytes-max=1KiB",
          "-Dconclave.raft.snapshot.growth-max=1KiB");

  @TempDir private Path home;
  private ProcessCluster cluster;
  private MemberProcess writer;
  private MemberProcess late;
  private final List<Seen> written = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    cluster = ProcessCluster.prepare(LaunchCommand.member(SMALL_LOG), 3, home);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void aWatchGoesOnAtAMemberThatMissedItAll() throws Exception {
    form(LONG_HISTORY);
    try (WatchStream elsewhere = WatchStream.open(writer, DIRECTORY, 1)) {
      write(EARLY);
      late.kill();
      write(MISSED);
      start(late, LONG_HISTORY);
      late.awaitReady();
      awaitInstalled();
      long next = written.get(EARLY).index();
      assertEquals(written.get(EARLY), poll(next));
      try (WatchStream here = WatchStream.open(late, DIRECTORY, next)) {
        write(EARLY);
        cluster.awaitFact("the last event", () -> hasLast(here) && hasLast(elsewhere));
        assertEquals(written.subList(EARLY, written.size()), here.seen());
        assertEquals(written, elsewhere.seen());
      }
    }
  }

  @Test
  void aWatchThatIsOpenMeanwhileMissesNothing() throws Exception {
    form(LONG_HISTORY);
    try (WatchStream here = WatchStream.open(late, DIRECTORY, 1)) {
      missWhileStandingStill(here);
      write(EARLY);
      cluster.awaitFact("the last event", () -> hasLast(here));
      assertEquals(written, here.seen());
    }
  }

  @Test
  void aWatchThatTheHistoryOutranEndsAndIsTold() throws Exception {
    form(SHORT_HISTORY);
    try (WatchStream here = WatchStream.open(late, DIRECTORY, 1)) {
      missWhileStandingStill(here);
      cluster.awaitFact("the end of the watch", here::hasEnded);
      List<Seen> seen = here.seen();
      assertEquals(written.subList(0, seen.size()), seen);
      assertTrue(seen.size() < written.size() - Integer.parseInt(SHORT_HISTORY), seen::toString);
      WireResponse refused = watch(seen.getLast().index() + 1);
      assertTrue(refused.body().utf8().contains("\"errorCode\":401"), refused.body()::utf8);
      Seen reachable = written.get(written.size() - EARLY);
      assertEquals(reachable, poll(reachable.index()));
    }
  }

  private void form(String history) throws Exception {
    cluster.form("--snapshot-count", "20", "--watch-history", history);
    writer = cluster.awaitLeader();
    late = cluster.others(writer).getFirst();
  }

  private void start(MemberProcess member, String history) throws IOException {
    cluster.start(member, "--snapshot-count", "20", "--watch-history", history);
  }

  private void missWhileStandingStill(WatchStream here) throws Exception {
    write(EARLY);
    cluster.awaitFact("the first events", () -> here.seen().size() == EARLY);
    late.pause();
    write(MISSED);
    late.resume();
    awaitInstalled();
  }

  private void awaitInstalled() throws Exception {
    cluster.awaitFact(
        "a snapshot from the leader",
        () -> late.log().contains("installed a snapshot of the leader"));
  }

  private void write(int count) throws IOException {
    String large = "x".repeat(100_000);
    for (int i = 0; i < count; i++) {
      WireResponse answer =
          Keys.of(writer).trySet(DIRECTORY + "/k" + written.size() % 7, written.size() + large);
      written.add(Seen.of(answer.body().utf8()));
    }
  }

  private boolean hasLast(WatchStream stream) {
    List<Seen> seen = stream.seen();
    return !seen.isEmpty() && seen.getLast().equals(written.getLast());
  }

  private Seen poll(long waitIndex) throws IOException {
    return Seen.of(watch(waitIndex).body().utf8());
  }

  private WireResponse watch(long waitIndex) throws IOException {
    String query = "?wait=true&recursive=true&waitIndex=" + waitIndex;
    WireRequest get = WireRequest.get("/v2/keys/" + DIRECTORY + query);
    return WireConnection.exchange(late.clientUrl(), get, ProcessCluster.PATIENCE);
  }
}
