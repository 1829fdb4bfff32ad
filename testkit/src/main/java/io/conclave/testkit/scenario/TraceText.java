package io.conclave.testkit.scenario;

import io.conclave.raft.core.Effect;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.ForwardRefused;
import io.conclave.raft.core.RaftMessage.ForwardedChange;
import io.conclave.raft.core.RaftMessage.ForwardedProposals;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.PreVote;
import io.conclave.raft.core.RaftMessage.PreVoteResponse;
import io.conclave.raft.core.RaftMessage.ReadIndexRequest;
import io.conclave.raft.core.RaftMessage.ReadIndexResponse;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;
import io.conclave.raft.core.RaftMessage.TimeoutNow;
import java.util.List;
import java.util.Locale;

/** How scenarios write down what happens: short, and the same each time. */
final class TraceText {
  private TraceText() {}

  static String of(RaftMessage message) {
    return message.getClass().getSimpleName() + " term=" + message.term() + details(message);
  }

  private static String details(RaftMessage message) {
    return switch (message) {
      case AppendEntries append ->
          " prev=%s entries=%s commit=%d"
              .formatted(append.before(), positions(append.entries()), append.commit());
      case AppendEntriesResponse response -> " match=" + response.matchIndex();
      case AppendEntriesRejected rejection ->
          " at=%d hint=%s".formatted(rejection.rejectedIndex(), rejection.hint());
      case Heartbeat heartbeat ->
          " round=%d commit=%d".formatted(heartbeat.round(), heartbeat.commit());
      case HeartbeatResponse response -> " round=" + response.round();
      case PreVote request -> " last=" + request.last();
      case PreVoteResponse response -> granted(response.granted());
      case RequestVote request ->
          " last=" + request.last() + (request.transfer() ? " transfer" : "");
      case RequestVoteResponse response -> granted(response.granted());
      case TimeoutNow ignored -> "";
      case ForwardedProposals forwarded -> " count=" + forwarded.proposals().size();
      case ForwardedChange forwarded -> " " + of(forwarded.change());
      case ForwardRefused refused ->
          " meant for %d: %s".formatted(refused.meantFor(), refused.why());
      case ReadIndexRequest ignored -> "";
      case ReadIndexResponse response -> " index=" + response.index();
    };
  }

  private static String granted(boolean granted) {
    return granted ? " granted" : " rejected";
  }

  private static List<String> positions(List<LogEntry> entries) {
    return entries.stream().map(entry -> entry.position().toString()).toList();
  }

  static String of(JournalEvent event) {
    return switch (event) {
      case JournalEvent.Appended(var hardState, var ignored, var entries) ->
          positions(entries) + " term=" + hardState.term();
      case JournalEvent.HardStateSaved(var hardState) ->
          "term=%d vote=%s".formatted(hardState.term(), hardState.vote());
    };
  }

  static String of(LogEntry entry) {
    String what =
        switch (entry.payload()) {
          case Payload.Empty() -> "nothing";
          case Payload.Command(var bytes) -> bytes.utf8();
          case Payload.Bootstrap(var membership) -> "bootstrap " + of(membership);
          case Payload.Reconfigure(var membership, var change) ->
              of(change) + ": " + of(membership);
        };
    return entry.position() + " " + what;
  }

  static String of(Change change) {
    return change.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + change.id();
  }

  static String of(Membership membership) {
    return "voters=%s learners=%s".formatted(membership.voters(), membership.learners());
  }

  static String of(Effect.RoleChanged change) {
    String role = change.role().name().toLowerCase(Locale.ROOT).replace('_', '-');
    String leader = change.leader().isNone() ? "nobody" : change.leader().toString();
    return "%s in term %d, led by %s".formatted(role, change.term(), leader);
  }
}
