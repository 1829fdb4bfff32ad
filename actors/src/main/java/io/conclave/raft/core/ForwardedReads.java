package io.conclave.raft.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Linearizable reads of a follower that wait for the leader's word on an index. Reads that gather
 * between two flushes share a question; a question is repeated with each heartbeat interval, since
 * asking twice does no harm.
 */
final class ForwardedReads {
  private final MemberState member;
  private final List<Long> fresh = new ArrayList<>();
  private final Map<Long, List<Long>> asked = new LinkedHashMap<>();
  private long nextBatch;
  private int waiting;
  private int ticks;

  ForwardedReads(MemberState member) {
    this.member = member;
    this.nextBatch = member.random.nextLong(); // an answer meant for an earlier life finds nothing
  }

  void add(long id) {
    if (member.leader().isNone() || waiting >= member.options.batching().readsMax()) {
      member.emit(new Effect.ReadRefused(List.of(id)));
      return;
    }
    fresh.add(id);
    waiting++;
  }

  void tick() {
    if (++ticks >= member.options.timing().heartbeatTicks()) {
      ticks = 0;
      asked.keySet().forEach(this::ask);
    }
  }

  void flush() {
    if (!fresh.isEmpty()) {
      long batch = nextBatch++;
      asked.put(batch, List.copyOf(fresh));
      fresh.clear();
      ask(batch);
    }
  }

  private void ask(long batch) {
    member.send(member.leader(), new RaftMessage.ReadIndexRequest(member.term(), batch));
  }

  void answered(RaftMessage.ReadIndexResponse response) {
    List<Long> ids = asked.remove(response.batch());
    if (ids != null) {
      waiting -= ids.size();
      member.emit(new Effect.ReadConfirmed(ids, response.index()));
    }
  }

  /** The leader whom they were meant for leads no more. */
  void refuseAll() {
    List<Long> all = new ArrayList<>();
    asked.values().forEach(all::addAll);
    all.addAll(fresh);
    asked.clear();
    fresh.clear();
    waiting = 0;
    if (!all.isEmpty()) {
      member.emit(new Effect.ReadRefused(all));
    }
  }
}
