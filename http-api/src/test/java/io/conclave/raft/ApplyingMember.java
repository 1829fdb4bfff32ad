package io.conclave.raft;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Stamp;
import io.conclave.watch.WatchFeed;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A member without a log: it applies each proposal to a real key space at once. For tests of what
 * stands in front of a member.
 */
public final class ApplyingMember {
  public static final MemberId SELF = new MemberId(0x8e9e05c52164694dL);
  public static final long CLUSTER = 0xcdf818194e3a8c32L;
  private static final Duration EXPIRY_CHECK = Duration.ofMillis(20);

  private final Publications published;
  private final WatchFeed feed;
  private final MemberAccess.Session session;
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();
  private long raftIndex = 4;

  private enum Tick {
    TICK
  }

  private ApplyingMember(Publications published, WatchFeed feed, MemberAccess.Session session) {
    this.published = published;
    this.feed = feed;
    this.session = session;
  }

  public static Behavior<MemberCommand> create(
      MemberAccess access,
      Publications published,
      WatchFeed feed,
      String name,
      List<String> peerUrls,
      List<String> clientUrls) {
    Behavior<Object> applying =
        Behaviors.setup(
            context -> {
              var session = access.connect(context.getSelf().narrow());
              var member = new ApplyingMember(published, feed, session);
              member.begin(name, peerUrls, clientUrls);
              return Behaviors.withTimers(
                  timers -> {
                    timers.startTimerWithFixedDelay(Tick.TICK, EXPIRY_CHECK);
                    return Behaviors.receiveMessage(
                        message -> {
                          member.on(message);
                          return Behaviors.same();
                        });
                  });
            });
    return applying.narrow();
  }

  private void begin(String name, List<String> peerUrls, List<String> clientUrls) {
    var self = new Membership.Member(SELF, name, peerUrls, false);
    publish(published.tree().get().applyBootstrap(Membership.of(List.of(self)), now()));
    apply(new Command.Publish(SELF, name, clientUrls));
    apply(new Command.SetClusterVersion("2.3.0"));
    published.now().set(new ClusterNow(now(), System.nanoTime(), true));
    var leader = MemberView.RoleName.LEADER;
    published
        .view()
        .set(
            new MemberView(
                SELF, CLUSTER, leader, 2, SELF, startMillis, raftIndex, raftIndex, true));
  }

  private void on(Object message) {
    switch (message) {
      case MemberCommand.Propose(var command, long deadline, var replyTo) -> {
        var outcome = apply(CommandCodec.decode(command)).outcome();
        session.releaseProposal(command.length());
        replyTo.tell(new ProposalReply.Applied(outcome, new LogPosition(2, ++raftIndex)));
      }
      case MemberCommand.ChangeMembership(var change, long deadline, var replyTo) -> {
        session.releaseProposal(0);
        replyTo.tell(change(change));
      }
      case MemberCommand.ReadIndex(long deadline, var replyTo) -> {
        session.releaseRead();
        replyTo.tell(new ReadReply.Ready(published.tree().get(), new LogPosition(2, raftIndex)));
      }
      default -> expire();
    }
  }

  private ChangeReply change(Membership.Change change) {
    var before = published.tree().get();
    var refusal = before.membership().refusal(change);
    if (refusal.isPresent()) {
      return new ChangeReply.Refused(refusal.get());
    }
    publish(before.applyReconfigure(before.membership().after(change), change, now()));
    return new ChangeReply.Applied(new LogPosition(2, ++raftIndex));
  }

  private void expire() {
    var next = published.tree().get().nextExpiry();
    if (next.isPresent() && next.getAsLong() <= now().clusterTime()) {
      apply(new Command.Sync());
    }
  }

  private KeySpace.Result apply(Command command) {
    return publish(published.tree().get().apply(command, now()));
  }

  private KeySpace.Result publish(KeySpace.Result result) {
    published.tree().set(result.after());
    feed.publish(result.events());
    return result;
  }

  private Stamp now() {
    long passedMillis = (System.nanoTime() - startNanos) / 1_000_000;
    return new Stamp(passedMillis, startMillis);
  }
}
