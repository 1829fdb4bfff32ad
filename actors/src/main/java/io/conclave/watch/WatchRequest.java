package io.conclave.watch;

import io.conclave.keyspace.tree.V2Error;
import org.apache.pekko.actor.typed.ActorRef;

/** What the watcher hub accepts from those who serve watches. */
public sealed interface WatchRequest extends WatcherHub.Command {

  /**
   * Register; answered at once. What the history holds for the watcher is offered to the sink
   * before the answer is sent, so a sink must take as many events as the history keeps, and some
   * more.
   */
  record Subscribe(WatchQuery query, WatchSink sink, ActorRef<Reply> replyTo)
      implements WatchRequest {}

  /** The reader has gone; unknown sinks are ignored. */
  record Cancel(WatchSink sink) implements WatchRequest {}

  /** Answer to {@link Subscribe}. */
  sealed interface Reply {
    /**
     * @param index store index at the start of the watch, for X-Etcd-Index
     */
    record Watching(long index) implements Reply {}

    record Refused(V2Error error) implements Reply {}

    /** The limit on watchers is reached. */
    record TooMany(int watchersMax) implements Reply {}
  }
}
