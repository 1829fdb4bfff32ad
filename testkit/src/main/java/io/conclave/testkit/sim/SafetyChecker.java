package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Watches all members at once for what Raft promises (figure 3 of the paper) and for what we
 * promise our clients. It keeps what it saw first, and everything later must agree.
 */
final class SafetyChecker {
  /** A time that runs faster than the real one by more than this expires keys early. */
  private static final long CLUSTER_TIME_TOLERANCE_MILLIS = 250;

  private record Seen(LogEntry entry, LogPosition before) {}

  private record Applied(LogEntry entry, Outcome outcome) {}

  private final Map<Long, MemberId> leaders = new HashMap<>();
  private final Map<LogPosition, Seen> written = new HashMap<>();
  private final Map<LogPosition, Long> appendedMillis = new HashMap<>();
  private final TreeMap<Long, Applied> applied = new TreeMap<>();
  private final Map<LogPosition, KeySpace> trees = new HashMap<>();
  private final Map<Bytes, Long> appliedAt = new HashMap<>();
  private final Set<Bytes> unique = new HashSet<>();
  private final Set<Bytes> notApplied = new HashSet<>();
  private long latestClockDelayMillis;
  private long acknowledged;
  private long digest = 17;

  /** Election safety: at most one leader a term. */
  void leads(MemberId leader, long term) {
    MemberId other = leaders.putIfAbsent(term, leader);
    check(other == null || other.equals(leader), "%s and %s lead term %d", other, leader, term);
  }

  boolean isLeader(MemberId member, long term) {
    return member.equals(leaders.get(term));
  }

  /** A leader appended entries of its own up to {@code last}; this is when. */
  void appends(LogPosition last, long nowMillis) {
    appendedMillis.putIfAbsent(last, nowMillis);
  }

  /** Log matching: the same position means the same entry, and the same one before it. */
  void writes(MemberId member, JournalEvent.Appended event) {
    LogPosition before = event.before();
    for (LogEntry entry : event.entries()) {
      Seen mine = new Seen(entry, before);
      Seen first = written.putIfAbsent(entry.position(), mine);
      check(
          first == null || first.equals(mine),
          "%s writes %s behind %s, but %s was written before",
          member,
          entry,
          before,
          first);
      before = entry.position();
    }
  }

  /** There is only one command with these bytes, so it must not be applied twice. */
  void proposes(Bytes command) {
    unique.add(command);
  }

  /** State machine safety: one entry and one outcome for each index, whoever applies it. */
  void applies(MemberId member, LogEntry entry, Outcome outcome) {
    Applied mine = new Applied(entry, outcome);
    Applied first = applied.putIfAbsent(entry.index(), mine);
    check(
        first == null || first.equals(mine),
        "%s applies %s, but %s was applied before",
        member,
        mine,
        first);
    if (first == null) {
      appliedFirst(entry);
    }
  }

  private void appliedFirst(LogEntry entry) {
    digest = digest * 1_000_003 + entry.hashCode();
    if (entry.payload() instanceof Payload.Command(Bytes command)) {
      Long earlier = appliedAt.put(command, entry.index());
      check(
          earlier == null || !unique.contains(command),
          "one command is applied at %s and at %d",
          earlier,
          entry.index());
      check(!notApplied.contains(command), "%s was refused, then applied", entry);
    }
    Long appended = appendedMillis.get(entry.position());
    if (appended != null) {
      long delay = appended - entry.stamp().clusterTime();
      check(
          delay >= latestClockDelayMillis - CLUSTER_TIME_TOLERANCE_MILLIS,
          "cluster time gains %d ms at %s",
          latestClockDelayMillis - delay,
          entry.position());
      latestClockDelayMillis = Math.max(latestClockDelayMillis, delay);
    }
  }

  /** Equal trees at equal positions, whether applied, recovered or installed. */
  void restored(MemberId member, LogPosition position, KeySpace tree) {
    KeySpace first = trees.putIfAbsent(position, tree);
    check(
        first == null || first.equals(tree),
        "%s has another tree than others at %s",
        member,
        position);
  }

  /** A client was told the outcome of {@code entry}. */
  void acknowledges(LogEntry entry) {
    acknowledged = Math.max(acknowledged, entry.index());
  }

  /** A client was told that its command was not and will not be applied. */
  void refuses(Bytes command) {
    if (unique.contains(command)) {
      check(!appliedAt.containsKey(command), "a command was applied, then refused");
      notApplied.add(command);
    }
  }

  /** Every write acknowledged, and every state read, by now: a read that begins must see it. */
  long horizon() {
    return acknowledged;
  }

  void reads(MemberId member, long horizon, long index) {
    check(index >= horizon, "%s reads %d, but %d was acknowledged before", member, index, horizon);
    acknowledged = Math.max(acknowledged, index);
  }

  long lastApplied() {
    return applied.isEmpty() ? 0 : applied.lastKey();
  }

  /** Of everything that was applied; equal runs have equal ones. */
  long digest() {
    return digest;
  }

  static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new SafetyViolation(format.formatted(arguments));
    }
  }
}
