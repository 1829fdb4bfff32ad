package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the journal was given and has not confirmed, and the messages that must not leave before it
 * does: vote requests, votes and append acknowledgements promise that a term, a vote or an entry
 * survives a crash.
 *
 * <p>At most {@code inflightAppends} events are out; what gathers meanwhile goes together in the
 * next one (group commit). A truncation may overtake an event: entry 5 of term 1 is on its way to
 * the disk when it is replaced by another entry 5. The late confirmation must not count for the new
 * one, so truncating also cuts what the events on their way will confirm.
 */
final class DiskQueue {
  private static final class Ticket {
    final long number;
    final long hardStateVersion;
    long upTo;

    Ticket(long number, long hardStateVersion, long upTo) {
      this.number = number;
      this.hardStateVersion = hardStateVersion;
      this.upTo = upTo;
    }
  }

  private record Promise(Effect.Send send, long index, long hardStateVersion) {}

  private final RaftOptions.Batching limits;
  private final RaftLog log;
  private final Deque<Ticket> tickets = new ArrayDeque<>();
  private final List<Promise> promises = new ArrayList<>();
  private HardState handed;
  private long nextTicket = 1;
  private long version;
  private long handedVersion;
  private long durableVersion;
  private int ticksWaited;
  private boolean closed;
  private long commitBeforeInstall;

  DiskQueue(RaftOptions.Batching limits, RaftLog log, HardState recovered) {
    this.limits = limits;
    this.log = log;
    this.handed = recovered;
  }

  /** Term and vote as the journal knows them, or will; commit as far as it has the entries. */
  HardState handed() {
    long commit = closed ? commitBeforeInstall : Math.min(log.commit(), log.persisted());
    return new HardState(handed.term(), handed.vote(), commit);
  }

  /** Term or vote changed; whoever is promised anything from now on waits for that too. */
  void hardStateChanged() {
    version++;
  }

  /**
   * Sends {@code message} once entries up to {@code index}, term and vote are durable. While a disk
   * stands still a leader asks for the same again and again; one answer will do.
   */
  void promise(MemberId to, RaftMessage message, long index) {
    Promise promise = new Promise(new Effect.Send(to, message), index, version);
    if (promises.isEmpty() || !promises.getLast().equals(promise)) {
      promises.add(promise);
    }
  }

  /** What was promised in another term is of no use to anybody. */
  void forgetPromises() {
    promises.clear();
  }

  void truncatedFrom(long index) {
    for (Ticket ticket : tickets) {
      ticket.upTo = Math.min(ticket.upTo, index - 1);
    }
    promises.removeIf(promise -> promise.index() >= index);
  }

  /** The next event, if there is something to write and room for it. */
  Optional<Effect.Persist> next(HardState now) {
    boolean dirty = handedVersion < version;
    boolean more = log.handed() < log.lastIndex();
    if (closed || tickets.size() >= limits.inflightAppends() || !(dirty || more)) {
      return Optional.empty();
    }
    LogPosition before = log.positionAt(log.handed());
    List<LogEntry> entries =
        log.slice(
            before.index() + 1,
            log.lastIndex(),
            limits.persistEntriesMax(),
            limits.persistBytesMax());
    log.handedTo(before.index() + entries.size());
    // A commit beyond what the journal holds would read as lost entries after a crash.
    handed = new HardState(now.term(), now.vote(), Math.min(now.commit(), log.handed()));
    JournalEvent event =
        entries.isEmpty()
            ? new JournalEvent.HardStateSaved(handed)
            : new JournalEvent.Appended(handed, before, entries);
    handedVersion = version;
    Ticket ticket = new Ticket(nextTicket++, version, log.handed());
    tickets.add(ticket);
    return Optional.of(new Effect.Persist(ticket.number, event));
  }

  void persisted(long number) {
    Ticket ticket = tickets.poll();
    require(ticket != null && ticket.number == number, "ticket %d was not expected", number);
    durableVersion = Math.max(durableVersion, ticket.hardStateVersion);
    log.persistedTo(ticket.upTo);
    ticksWaited = 0;
  }

  /**
   * Messages whose promise is kept by now, in the order in which they were made. None while a
   * snapshot is installed: the log begins behind it already, but a crash would still bring the old
   * one back.
   */
  List<Effect.Send> released() {
    if (closed || promises.isEmpty()) {
      return List.of();
    }
    List<Effect.Send> released = new ArrayList<>();
    for (Iterator<Promise> each = promises.iterator(); each.hasNext(); ) {
      Promise promise = each.next();
      if (promise.index() <= log.persisted() && promise.hardStateVersion() <= durableVersion) {
        released.add(promise.send());
        each.remove();
      }
    }
    return released;
  }

  boolean isIdle() {
    return tickets.isEmpty();
  }

  void tick() {
    ticksWaited = tickets.isEmpty() ? 0 : ticksWaited + 1;
  }

  /** For how long the oldest event has been on its way. */
  int ticksWaited() {
    return ticksWaited;
  }

  /** Until a snapshot is installed, nothing else is written; called before the log changes. */
  void close() {
    require(tickets.isEmpty(), "a snapshot can't be installed while the journal writes");
    commitBeforeInstall = handed().commit();
    closed = true;
  }

  /** This goes to the disk with the snapshot. */
  void handedWithSnapshot(HardState hardState) {
    handed = hardState;
    handedVersion = version;
  }

  /** The snapshot and its hard state are durable. */
  void reopen() {
    closed = false;
    durableVersion = Math.max(durableVersion, handedVersion);
  }

  boolean isClosed() {
    return closed;
  }
}
