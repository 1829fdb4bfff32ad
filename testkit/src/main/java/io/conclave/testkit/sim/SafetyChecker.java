package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watches all members at once for what Raft promises (figure 3 of the paper) and for what we
 * promise our clients. It keeps what it saw first, and everything later must agree.
 */
final class SafetyChecker {
  /** A time that runs faster than the real one by more than this expires keys early. */
  private static final long CLUSTER_TIME_TOLERANCE_MILLIS = 250;

  private record Seen(LogEntry entry, LogPosition before) {}

  private final Map<Long, MemberId> leaders = new HashMap<>();
  private final Map<LogPosition, Seen> written = new HashMap<>();
  private final Map<LogPosition, Long> appendedMillis = new HashMap<>();
  private final TreeMap<Long, LogEntry> applied = new TreeMap<>();
  private final TreeMap<Long, Long> digests = new TreeMap<>();
  private final Map<Bytes, Long> commands = new HashMap<>();
  private final Set<Bytes> notApplied = new TreeSet<>();
  private long latestClockDelayMillis;
  private long acknowledged;

  /** Election safety: at most one leader a term. */
  void leads(MemberId leader, long term) {
    MemberId other = leaders.putIfAbsent(term, leader);
    check(other == null || other.equals(leader), "%s and %s lead term %d", other, leader, term);
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
          first == null || first.entry().equals(entry) && first.before().equals(before),
          "%s writes %s behind %s, but %s was written before",
          member,
          entry,
          before,
          first);
      before = entry.position();
    }
  }

  /** State machine safety: one entry for each index, whoever applies it, and no command twice. */
  void applies(MemberId member, LogEntry entry, SimStore after) {
    LogEntry first = applied.putIfAbsent(entry.index(), entry);
    check(
        first == null || first.equals(entry),
        "%s applies %s, but %s was applied before",
        member,
        entry,
        first);
    checkDigest(member, after);
    if (first == null) {
      appliedFirst(entry);
    }
  }

  private void appliedFirst(LogEntry entry) {
    if (entry.payload() instanceof Payload.Command(Bytes command)) {
      Long earlier = commands.putIfAbsent(command, entry.index());
      check(
          earlier == null, "%s is applied at %s and at %d", command.utf8(), earlier, entry.index());
      check(!notApplied.contains(command), "%s was refused, then applied", command.utf8());
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

  /** Equal trees at equal indexes; also after a snapshot was installed. */
  void checkDigest(MemberId member, SimStore store) {
    Long digest = digests.putIfAbsent(store.applied(), store.digest());
    check(
        digest == null || digest == store.digest(),
        "%s has another tree than others at %d",
        member,
        store.applied());
  }

  /** A client was told that its command was applied at {@code index}. */
  void acknowledges(Bytes command, LogEntry entry) {
    check(
        entry.payload() instanceof Payload.Command(Bytes own) && own.equals(command),
        "%s was answered with the outcome of %s",
        command.utf8(),
        entry);
    acknowledged = Math.max(acknowledged, entry.index());
  }

  /** A client was told that its command was not and will not be applied. */
  void refuses(Bytes command) {
    check(!commands.containsKey(command), "%s was applied, then refused", command.utf8());
    notApplied.add(command);
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

  int commandsApplied() {
    return commands.size();
  }

  static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new SafetyViolation(format.formatted(arguments));
    }
  }
}
