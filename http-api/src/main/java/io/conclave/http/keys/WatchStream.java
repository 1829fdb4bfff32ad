package io.conclave.http.keys;

import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.watch.WatchQuery;
import io.conclave.watch.WatchRequest;
import io.conclave.watch.WatchRequest.Reply;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Serves watches: the status and headers leave at once, then one line for each event (spec v2-keys
 * §13). A long poll ends after its first event, a stream when the client goes, falls behind, or the
 * server stops.
 */
final class WatchStream {
  private static final Duration HUB_TIMEOUT = Duration.ofSeconds(5);

  private final ActorSystem<?> system;
  private final ActorRef<WatchRequest> hub;
  private final OpenWatches open;
  private final int queueEventsMax;

  WatchStream(
      ActorSystem<?> system, ActorRef<WatchRequest> hub, OpenWatches open, int queueEventsMax) {
    this.system = system;
    this.hub = hub;
    this.open = open;
    this.queueEventsMax = queueEventsMax;
  }

  /** Registers the watch, then answers; the answer's body is the watch. */
  CompletionStage<HttpResponse> open(WatchQuery query, KeysAnswers answers) {
    WatchQueue queue = new WatchQueue(queueEventsMax, query.stream(), open);
    open.add(queue);
    CompletionStage<Reply> reply =
        AskPattern.ask(
            hub,
            replyTo -> new WatchRequest.Subscribe(query, queue, replyTo),
            HUB_TIMEOUT,
            system.scheduler());
    return reply.handleAsync(
        (told, noAnswer) ->
            switch (told) {
              case Reply.Watching(long index) ->
                  answers.watching(index, new WatchSource(queue, open::remove));
              case Reply.Refused(V2Error error) -> refused(queue, answers, error);
              case Reply.TooMany(int watchersMax) ->
                  refused(
                      queue,
                      answers,
                      V2Error.of(
                          Code.RAFT_INTERNAL, "too many watchers, the limit is " + watchersMax, 0));
              case null ->
                  refused(queue, answers, V2Error.of(Code.WATCHER_CLEARED, "no answer in time", 0));
            },
        Runnable::run);
  }

  private HttpResponse refused(WatchQueue queue, KeysAnswers answers, V2Error error) {
    open.remove(queue);
    return answers.error(error);
  }
}
