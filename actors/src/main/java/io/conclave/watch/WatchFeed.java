package io.conclave.watch;

import io.conclave.keyspace.tree.LiveEvent;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The way from the key space to the hub: bounded, so that a hub that can't follow neither makes
 * applying wait nor lets its mailbox grow.
 *
 * <p>When too much waits, what comes next is not sent. The hub is told once that it misses
 * something; when it gets there it ends all watches and goes on from the published tree. Clients
 * then ask again with their next index, and the history answers them.
 */
public final class WatchFeed {
  private final ActorRef<WatcherHub.Command> hub;
  private final WatchBacklog backlog;

  /**
   * @param backlog the one that the hub was made with
   */
  public WatchFeed(ActorRef<WatcherHub.Command> hub, WatchBacklog backlog) {
    this.hub = hub;
    this.backlog = backlog;
  }

  /**
   * Hands events to the hub. Called by the one who publishes the tree, after publishing the one
   * that holds these events and before answering whoever caused them, so that nobody who knows of
   * an event can still be told of it by a new watch.
   */
  public void publish(List<LiveEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    if (backlog.enter(events.size())) {
      hub.tell(new WatcherHub.Publish(events));
    } else {
      breakOff();
    }
  }

  /** Events will be missing from now on: all watches end, and clients ask again. */
  public void breakOff() {
    if (backlog.breakOff()) {
      hub.tell(WatcherHub.Missed.EVENTS);
    }
  }
}
