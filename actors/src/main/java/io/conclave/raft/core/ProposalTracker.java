package io.conclave.raft.core;

import io.conclave.raft.core.Membership.Change;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The proposals of this member's clients, from their arrival to the answer.
 *
 * <p>A proposal is held while there is no leader. Each attempt to have it appended has a {@link
 * RequestId} of its own, names the term of the leader it is meant for and is made once; only that
 * leader, in that term, appends it. So it is certain that an attempt can't commit any more when it
 * was refused, or when this member has applied, one by one, all entries up to one of a later term
 * without meeting it. Only then is it tried again. Installing a snapshot breaks that chain:
 * everything attempted before is unknown then, because the snapshot may contain it.
 *
 * @param <R> whom to answer
 */
public final class ProposalTracker<R> {
  /** Why a proposal got no outcome; only {@link Refused} says that it did not happen. */
  public sealed interface Failure {
    /** In etcd's words where it has some (spec v2-keys §19). */
    String cause();

    /** It may or may not have been applied, or be applied later. */
    record Unknown(boolean leaderChanged, boolean leaderLost) implements Failure {
      @Override
      public String cause() {
        return timedOut(leaderChanged, leaderLost);
      }
    }

    /** It was not applied and won't be: nobody took it until its deadline. */
    record NotTaken(boolean leaderChanged, boolean leaderLost) implements Failure {
      @Override
      public String cause() {
        return timedOut(leaderChanged, leaderLost);
      }
    }

    /** It was not applied and won't be. */
    record Refused(Refusal why) implements Failure {
      @Override
      public String cause() {
        return switch (why) {
          case OVERLOADED -> "too many requests";
          case NO_SPACE -> "no space";
          case NOT_LEADER, TRANSFERRING, CHANGE_IN_PROGRESS, LOG_FULL -> timedOut(false, false);
          case MEMBER_EXISTS -> "membership: ID exists";
          case MEMBER_UNKNOWN -> "membership: ID not found";
          case MEMBER_REMOVED -> "membership: ID removed";
          case PEER_URL_EXISTS -> "membership: peerURL exists";
          case LAST_VOTER, QUORUM_LOST ->
              "re-configuration failed due to not enough started members";
          case TOO_MANY_MEMBERS -> "too many members";
        };
      }
    }

    private static String timedOut(boolean leaderChanged, boolean leaderLost) {
      String base = "etcdserver: request timed out";
      if (leaderChanged) {
        return base + ", possibly due to previous leader failure";
      }
      return leaderLost ? base + ", possibly due to connection lost" : base;
    }
  }

  /** A proposal that is over without an outcome. */
  public record Failed<R>(R reply, Failure failure) {}

  /** An entry to apply and whom to tell its outcome, if somebody waits for it here. */
  public record Attached<R>(LogEntry entry, Optional<R> reply) {}

  private sealed interface Content {
    record OfCommand(Bytes bytes) implements Content {}

    record OfChange(Change change) implements Content {}
  }

  private static final class Pending<R> {
    final Content content;
    final R reply;
    final long deadlineNanos;
    long attemptTerm;
    boolean leaderChanged;
    boolean leaderLost;

    Pending(Content content, R reply, long deadlineNanos) {
      this.content = content;
      this.reply = reply;
      this.deadlineNanos = deadlineNanos;
    }

    long bytes() {
      return content instanceof Content.OfCommand command ? command.bytes().length() : 0;
    }
  }

  private final MemberId self;
  private final long bootNonce;
  private final int pendingMax;
  private final long pendingBytesMax;
  private final List<Pending<R>> held = new ArrayList<>();
  private final List<Pending<R>> parked = new ArrayList<>();
  private final Map<RequestId, Pending<R>> attempted = new LinkedHashMap<>();
  private final List<Failed<R>> failed = new ArrayList<>();
  private long pendingBytes;
  private long nextCounter = 1;
  private long term;
  private long ledTerm;
  private MemberId leader = MemberId.NONE;

  /**
   * @param bootNonce different at each start, so that no entry of an earlier one matches
   * @param pendingMax proposals waiting at the same time
   * @param pendingBytesMax bytes of their commands
   */
  public ProposalTracker(MemberId self, long bootNonce, int pendingMax, long pendingBytesMax) {
    this.self = self;
    this.bootNonce = bootNonce;
    this.pendingMax = pendingMax;
    this.pendingBytesMax = pendingBytesMax;
  }

  /** Takes a command; false if too many wait already. */
  public boolean propose(Bytes command, R reply, long deadlineNanos) {
    return hold(new Pending<>(new Content.OfCommand(command), reply, deadlineNanos));
  }

  /** Takes a change of the configuration; false if too many wait already. */
  public boolean propose(Change change, R reply, long deadlineNanos) {
    return hold(new Pending<>(new Content.OfChange(change), reply, deadlineNanos));
  }

  private boolean hold(Pending<R> pending) {
    if (size() >= pendingMax || pendingBytes + pending.bytes() > pendingBytesMax && size() > 0) {
      return false;
    }
    pendingBytes += pending.bytes();
    held.add(pending);
    return true;
  }

  /** What to step the core with now; call it after each change and on each tick. */
  public List<Input> attempts() {
    if (leader.isNone() || held.isEmpty()) {
      return List.of();
    }
    List<Input> attempts = new ArrayList<>(held.size());
    for (Pending<R> pending : held) {
      RequestId id = new RequestId(self, bootNonce, nextCounter++);
      pending.attemptTerm = term;
      attempted.put(id, pending);
      attempts.add(
          switch (pending.content) {
            case Content.OfCommand(Bytes bytes) -> new Input.Propose(term, id, bytes);
            case Content.OfChange(Change change) -> new Input.ChangeMembership(term, id, change);
          });
    }
    held.clear();
    return attempts;
  }

  public void roleChanged(Effect.RoleChanged change) {
    boolean lost = change.leader().isNone();
    boolean changed = change.term() != ledTerm && !lost;
    ledTerm = lost ? ledTerm : change.term();
    term = change.term();
    leader = change.leader();
    for (Pending<R> pending : attempted.values()) {
      pending.leaderLost |= lost;
      pending.leaderChanged |= changed;
    }
    if (changed) {
      retry();
    }
  }

  /**
   * An attempt that will never be appended: tried again with the next leader, who may lead already,
   * or after {@link #retry}, or failed if that would not help.
   */
  public void refused(Effect.ProposalRefused refused) {
    Pending<R> pending = attempted.remove(refused.id());
    if (pending == null) {
      return;
    }
    switch (refused.why()) {
      case NOT_LEADER, TRANSFERRING, CHANGE_IN_PROGRESS, LOG_FULL ->
          (pending.attemptTerm == term ? parked : held).add(pending);
      case OVERLOADED,
          NO_SPACE,
          MEMBER_EXISTS,
          MEMBER_UNKNOWN,
          MEMBER_REMOVED,
          PEER_URL_EXISTS,
          LAST_VOTER,
          QUORUM_LOST,
          TOO_MANY_MEMBERS ->
          fail(pending, new Failure.Refused(refused.why()));
    }
  }

  /** Lets refused proposals be tried again with the same leader; call it now and then. */
  public void retry() {
    held.addAll(parked);
    parked.clear();
  }

  /** Finds who waits for these entries, which are the next to apply. */
  public List<Attached<R>> attachReplies(List<LogEntry> entries) {
    List<Attached<R>> attached = new ArrayList<>(entries.size());
    long newest = 0;
    for (LogEntry entry : entries) {
      if (entry.term() > newest) {
        newest = entry.term();
        holdAgainBefore(newest);
      }
      Pending<R> pending = attempted.remove(entry.requestId());
      if (pending != null) {
        pendingBytes -= pending.bytes();
      }
      attached.add(
          new Attached<>(entry, pending == null ? Optional.empty() : Optional.of(pending.reply)));
    }
    return attached;
  }

  /** An entry of {@code later} follows: what was meant for an earlier term can't commit. */
  private void holdAgainBefore(long later) {
    for (Iterator<Pending<R>> each = attempted.values().iterator(); each.hasNext(); ) {
      Pending<R> pending = each.next();
      if (pending.attemptTerm < later) {
        held.add(pending);
        each.remove();
      }
    }
  }

  /** A snapshot replaced the tree: whatever was attempted may be in it. */
  public void snapshotInstalled() {
    for (Pending<R> pending : attempted.values()) {
      fail(pending, new Failure.Unknown(pending.leaderChanged, pending.leaderLost));
    }
    attempted.clear();
  }

  /** Proposals that are over without an outcome since the last call, also by their deadline. */
  public List<Failed<R>> expire(long nowNanos) {
    expireNotTaken(held, nowNanos);
    expireNotTaken(parked, nowNanos);
    for (Iterator<Pending<R>> each = attempted.values().iterator(); each.hasNext(); ) {
      Pending<R> pending = each.next();
      if (nowNanos - pending.deadlineNanos >= 0) {
        each.remove();
        fail(pending, new Failure.Unknown(pending.leaderChanged, pending.leaderLost));
      }
    }
    List<Failed<R>> over = List.copyOf(failed);
    failed.clear();
    return over;
  }

  private void expireNotTaken(List<Pending<R>> waiting, long nowNanos) {
    for (Iterator<Pending<R>> each = waiting.iterator(); each.hasNext(); ) {
      Pending<R> pending = each.next();
      if (nowNanos - pending.deadlineNanos >= 0) {
        each.remove();
        fail(pending, new Failure.NotTaken(pending.leaderChanged, pending.leaderLost));
      }
    }
  }

  private void fail(Pending<R> pending, Failure failure) {
    pendingBytes -= pending.bytes();
    failed.add(new Failed<>(pending.reply, failure));
  }

  /** Gives up everything, because this member stops; whatever was attempted may be applied. */
  public List<R> abandon() {
    List<R> all = new ArrayList<>(size() + failed.size());
    failed.forEach(over -> all.add(over.reply()));
    held.forEach(pending -> all.add(pending.reply));
    parked.forEach(pending -> all.add(pending.reply));
    attempted.values().forEach(pending -> all.add(pending.reply));
    failed.clear();
    held.clear();
    parked.clear();
    attempted.clear();
    pendingBytes = 0;
    return all;
  }

  /** Proposals waiting now. */
  public int size() {
    return held.size() + parked.size() + attempted.size();
  }
}
