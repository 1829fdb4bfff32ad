package io.conclave.raft.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Linearizable reads of this member from their arrival to the moment at which its tree may serve
 * them: first they wait for a leader, then for its word on an index, then until that index is
 * applied here. Asking again does no harm, so a refused read is simply asked for once more.
 *
 * @param <R> whom to answer
 */
public final class ReadBarrier<R> {
  private record Waiting<R>(R reply, long deadlineNanos) {}

  private record Confirmed<R>(long index, long order, Waiting<R> read) {}

  private final int readsMax;
  private final Deque<Waiting<R>> held = new ArrayDeque<>();
  private final Map<Long, Waiting<R>> asked = new LinkedHashMap<>();
  private final PriorityQueue<Confirmed<R>> confirmed =
      new PriorityQueue<>(
          (a, b) ->
              a.index() != b.index()
                  ? Long.compare(a.index(), b.index())
                  : Long.compare(a.order(), b.order()));
  private boolean leaderKnown;
  private long nextId = 1;
  private long applied;

  public ReadBarrier(int readsMax, long applied) {
    this.readsMax = readsMax;
    this.applied = applied;
  }

  /** Takes a read; false if too many wait already. */
  public boolean register(R reply, long deadlineNanos) {
    if (size() >= readsMax) {
      return false;
    }
    held.add(new Waiting<>(reply, deadlineNanos));
    return true;
  }

  /** What to step the core with now. */
  public List<Input.ReadIndex> attempts() {
    List<Input.ReadIndex> attempts = new ArrayList<>();
    while (leaderKnown && !held.isEmpty()) {
      attempts.add(new Input.ReadIndex(nextId));
      asked.put(nextId++, held.poll());
    }
    return attempts;
  }

  public void roleChanged(Effect.RoleChanged change) {
    leaderKnown = !change.leader().isNone();
  }

  /** Those reads are held until there is a leader, or until the next {@link #attempts}. */
  public void refused(Effect.ReadRefused refused) {
    for (long id : refused.ids()) {
      Waiting<R> read = asked.remove(id);
      if (read != null) {
        held.add(read);
      }
    }
  }

  public void confirmed(Effect.ReadConfirmed answer) {
    for (long id : answer.ids()) {
      Waiting<R> read = asked.remove(id);
      if (read != null) {
        confirmed.add(new Confirmed<>(answer.index(), id, read));
      }
    }
  }

  /** Everything up to {@code index} is applied. */
  public void applied(long index) {
    applied = Math.max(applied, index);
  }

  /** Reads that the applied tree may serve now, in the order of their index. */
  public List<R> ready() {
    List<R> ready = new ArrayList<>();
    while (!confirmed.isEmpty() && confirmed.peek().index() <= applied) {
      ready.add(confirmed.poll().read().reply());
    }
    return ready;
  }

  /** Gives up reads that wait for entries behind {@code index}, for none are taken any more. */
  public List<R> giveUpBehind(long index) {
    List<R> given = new ArrayList<>();
    for (Iterator<Confirmed<R>> each = confirmed.iterator(); each.hasNext(); ) {
      Confirmed<R> next = each.next();
      if (next.index() > index) {
        given.add(next.read().reply());
        each.remove();
      }
    }
    return given;
  }

  /** Gives up reads whose deadline has passed. */
  public List<R> expire(long nowNanos) {
    List<R> late = new ArrayList<>();
    expire(held.iterator(), nowNanos, late);
    expire(asked.values().iterator(), nowNanos, late);
    for (Iterator<Confirmed<R>> each = confirmed.iterator(); each.hasNext(); ) {
      Waiting<R> read = each.next().read();
      if (nowNanos - read.deadlineNanos() >= 0) {
        late.add(read.reply());
        each.remove();
      }
    }
    return late;
  }

  private void expire(Iterator<Waiting<R>> reads, long nowNanos, List<R> late) {
    while (reads.hasNext()) {
      Waiting<R> read = reads.next();
      if (nowNanos - read.deadlineNanos() >= 0) {
        late.add(read.reply());
        reads.remove();
      }
    }
  }

  /** Gives up all reads, because this member stops. */
  public List<R> abandon() {
    List<R> all = new ArrayList<>(size());
    held.forEach(read -> all.add(read.reply()));
    asked.values().forEach(read -> all.add(read.reply()));
    confirmed.forEach(each -> all.add(each.read().reply()));
    held.clear();
    asked.clear();
    confirmed.clear();
    return all;
  }

  public int size() {
    return held.size() + asked.size() + confirmed.size();
  }
}
