package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads of one leader's term that wait until a majority has confirmed that it still leads. One
 * round of heartbeats is under way at a time; all reads that arrive meanwhile share the next one,
 * because only a round begun after a read arrived proves anything for it (§8, thesis §6.4).
 */
final class ReadIndexQueue {
  /** Who waits for an index. */
  sealed interface Reader {
    /** A read of this member. */
    record Local(long id) implements Reader {}

    /** Reads of a follower; the same batch is asked for again and again. */
    record Remote(MemberId from, long batch) implements Reader {}
  }

  /** A confirmed round. */
  record Confirmed(List<Reader> readers, long index, long clusterTime) {}

  private final int readersMax;
  private final Set<Reader> waiting = new LinkedHashSet<>();
  private Set<Reader> underWay = Set.of();
  private long newest;
  private long confirmed;
  private long index;
  private long clusterTime;

  ReadIndexQueue(int readersMax) {
    this.readersMax = readersMax;
  }

  /** False if too many wait already. */
  boolean add(Reader reader) {
    if (underWay.contains(reader) && reader instanceof Reader.Remote) {
      return true;
    }
    if (waiting.size() + underWay.size() >= readersMax && !waiting.contains(reader)) {
      return false;
    }
    waiting.add(reader);
    return true;
  }

  /** The newest round; every heartbeat carries it. */
  long newest() {
    return newest;
  }

  boolean isUnderWay() {
    return newest > confirmed;
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * Begins a round.
   *
   * @param withReads false while the leader has committed nothing of its own term
   * @param commit what its reads will have to see
   * @param now the leader's cluster time
   */
  void begin(boolean withReads, long commit, long now) {
    require(!isUnderWay(), "round %d is under way", newest);
    newest++;
    index = commit;
    clusterTime = now;
    underWay = Set.of();
    if (withReads) {
      underWay = new LinkedHashSet<>(waiting);
      waiting.clear();
    }
  }

  /** A majority has answered {@code round} or a later one. */
  Optional<Confirmed> confirm(long round) {
    if (!isUnderWay() || round < newest) {
      return Optional.empty();
    }
    confirmed = newest;
    Confirmed result = new Confirmed(List.copyOf(underWay), index, clusterTime);
    underWay = Set.of();
    return Optional.of(result);
  }

  /** Nobody will confirm them any more. */
  List<Reader> takeAll() {
    List<Reader> all = new ArrayList<>(underWay);
    all.addAll(waiting);
    underWay = Set.of();
    waiting.clear();
    return all;
  }
}
