package io.conclave.raft;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The way from the gateways to the member. Its mailbox has no bound of its own, so what may wait is
 * counted here, before a message is sent: above the limits a request is refused at once. It also
 * outlives the member: after a restart of the Raft subtree requests go to the next one.
 *
 * <p>Safe for any thread.
 */
public final class MemberAccess {
  /** Cause of a refusal: the limits are reached. */
  public static final String TOO_MANY_REQUESTS = "too many requests";

  /** Cause of a refusal: this member's disk is nearly full, and what is asked for needs more. */
  public static final String NO_SPACE = "no space";

  /** Cause of a refusal: the Raft subtree is starting, or starting again. */
  public static final String STARTING = "etcdserver: not started";

  /** Cause of a refusal or a failed request: the member is being stopped. */
  public static final String STOPPED = "etcdserver: server stopped";

  private final Limits limits;
  private volatile Session session = new Session(null, STARTING);

  /**
   * @param proposalsMax waiting for their outcome
   * @param proposalBytesMax of their commands together; a single larger one passes when none waits
   * @param readsMax linearizable reads waiting
   */
  public record Limits(int proposalsMax, long proposalBytesMax, int readsMax) {}

  public MemberAccess(Limits limits) {
    this.limits = limits;
  }

  /**
   * Sends a proposal to the member, which answers {@code replyTo} until shortly after the deadline.
   *
   * @param command encoded
   * @param deadlineNanos on {@link System#nanoTime}'s scale
   * @return empty if it was sent, else the cause of the refusal: the command was not proposed
   */
  public Optional<String> propose(
      Bytes command, long deadlineNanos, ActorRef<MemberCommand.ProposalReply> replyTo) {
    Session now = session;
    if (now.member == null) {
      return Optional.of(now.refusal);
    }
    if (!now.admitProposal(command.length(), limits)) {
      return Optional.of(TOO_MANY_REQUESTS);
    }
    now.member.tell(new MemberCommand.Propose(command, deadlineNanos, replyTo));
    return Optional.empty();
  }

  /**
   * Asks for a change of the configuration; like {@link #propose}, and counted as a proposal.
   *
   * @param change adds a learner, removes a member or gives one other peer URLs
   */
  public Optional<String> changeMembership(
      Membership.Change change, long deadlineNanos, ActorRef<MemberCommand.ChangeReply> replyTo) {
    Session now = session;
    if (now.member == null) {
      return Optional.of(now.refusal);
    }
    if (!now.admitProposal(0, limits)) {
      return Optional.of(TOO_MANY_REQUESTS);
    }
    now.member.tell(new MemberCommand.ChangeMembership(change, deadlineNanos, replyTo));
    return Optional.empty();
  }

  /**
   * A connection from some peer has closed. A hint: unless the leader is heard of within two
   * heartbeat intervals, the member asks for votes without waiting for its election timeout.
   */
  public void connectionLost() {
    Session now = session;
    if (now.member != null) {
      now.member.tell(MemberCommand.ConnectionLost.FROM_PEER);
    }
  }

  /** This peer is not reached by others' means; a hint that changes nothing about votes. */
  public void peerSilent(MemberId peer) {
    Session now = session;
    if (now.member != null) {
      now.member.tell(new MemberCommand.PeerSilent(peer));
    }
  }

  /** Asks for a linearizable read; like {@link #propose}. */
  public Optional<String> readIndex(long deadlineNanos, ActorRef<MemberCommand.ReadReply> replyTo) {
    Session now = session;
    if (now.member == null) {
      return Optional.of(now.refusal);
    }
    if (now.reads.incrementAndGet() > limits.readsMax()) {
      now.reads.decrementAndGet();
      return Optional.of(TOO_MANY_REQUESTS);
    }
    now.member.tell(new MemberCommand.ReadIndex(deadlineNanos, replyTo));
    return Optional.empty();
  }

  /** Proposals that wait for their outcome. */
  public int proposals() {
    return session.proposals.get();
  }

  /** Bytes of the commands that wait for their outcome. */
  public long proposalBytes() {
    return session.proposalBytes.get();
  }

  /** Linearizable reads that wait. */
  public int reads() {
    return session.reads.get();
  }

  /** Requests go to this member from now on; nothing counts as waiting. */
  Session connect(ActorRef<MemberCommand> member) {
    Session next = new Session(member, "");
    session = next;
    return next;
  }

  /** Requests are refused with {@code cause} until the next {@link #connect}. */
  void disconnect(String cause) {
    session = new Session(null, cause);
  }

  /** What waits at one member, which gives back what it has answered. */
  static final class Session {
    private final ActorRef<MemberCommand> member;
    private final String refusal;
    private final AtomicInteger proposals = new AtomicInteger();
    private final AtomicLong proposalBytes = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();

    private Session(ActorRef<MemberCommand> member, String refusal) {
      this.member = member;
      this.refusal = refusal;
    }

    private boolean admitProposal(int bytes, Limits limits) {
      int waiting = proposals.incrementAndGet();
      long waitingBytes = proposalBytes.addAndGet(bytes);
      if (waiting > limits.proposalsMax()
          || waitingBytes > limits.proposalBytesMax() && waitingBytes > bytes) {
        releaseProposal(bytes);
        return false;
      }
      return true;
    }

    void releaseProposal(int bytes) {
      proposals.decrementAndGet();
      proposalBytes.addAndGet(-bytes);
    }

    void releaseRead() {
      reads.decrementAndGet();
    }
  }
}
