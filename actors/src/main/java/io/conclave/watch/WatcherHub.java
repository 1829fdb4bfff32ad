package io.conclave.watch;

import io.conclave.keyspace.tree.EventHistory;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.LiveEvent;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves all watches of this member: scans the history of the published tree and registers the
 * watcher in one step, so that nothing falls in between, and passes applied events on to the
 * bounded queues of the registered ones.
 *
 * <p>It has a life of its own beside the Raft subtree: nothing waits for it, and when it fails it
 * starts again without watchers, whose bodies end properly. However a watch ends, what was offered
 * before is still delivered, then the body ends (divergences 5 and 6).
 */
public final class WatcherHub extends AbstractMatchingBehavior<WatcherHub.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(WatcherHub.class);

  private final WatchSettings settings;
  private final Supplier<KeySpace> tree;
  private final Consumer<WatchStats> stats;
  private final WatchBacklog backlog;
  private final WatcherTable table = new WatcherTable();
  private final Map<WatchSink, Watcher> bySink = new IdentityHashMap<>();

  /** Events up to here were passed on, or belong to the past of every watcher. */
  private long passedOn;

  private long slow;
  private long lost;
  private long refused;

  /** What the hub accepts. */
  public sealed interface Command permits WatchRequest, Publish, Missed {}

  /**
   * Events of the tree that has just been published, oldest first; sent by {@link WatchFeed} only.
   */
  record Publish(List<LiveEvent> events) implements Command {}

  /** What follows was too much for the backlog and is not sent. */
  enum Missed implements Command {
    EVENTS
  }

  private WatcherHub(
      ActorContext<Command> context,
      WatchSettings settings,
      Supplier<KeySpace> tree,
      Consumer<WatchStats> stats,
      WatchBacklog backlog) {
    super(context);
    this.settings = settings;
    this.tree = tree;
    this.stats = stats;
    this.backlog = backlog;
    this.passedOn = tree.get().index();
    publishStats();
  }

  /**
   * @param tree the published one; the key space publishes it before it sends the events that made
   *     it
   * @param stats is given each new count
   * @param backlog the one that the {@link WatchFeed} to this hub is made with
   */
  public static Behavior<Command> create(
      WatchSettings settings,
      Supplier<KeySpace> tree,
      Consumer<WatchStats> stats,
      WatchBacklog backlog) {
    Behavior<Command> hub =
        Behaviors.setup(context -> new WatcherHub(context, settings, tree, stats, backlog));
    return Behaviors.supervise(hub).onFailure(SupervisorStrategy.restart());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case WatchRequest.Subscribe subscribe -> onSubscribe(subscribe);
      case WatchRequest.Cancel(WatchSink sink) -> forget(sink);
      case Publish(List<LiveEvent> events) -> onPublish(events);
      case Missed.EVENTS -> onMissed();
    }
    return this;
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop || signal instanceof PreRestart) {
      endAll();
    }
    return this;
  }

  private void onSubscribe(WatchRequest.Subscribe subscribe) {
    KeySpace now = tree.get();
    WatchQuery query = subscribe.query();
    if (bySink.size() >= settings.watchersMax()) {
      refused++;
      publishStats();
      subscribe.replyTo().tell(new WatchRequest.Reply.TooMany(settings.watchersMax()));
      return;
    }
    if (query.waitIndex() == 0) {
      register(query, subscribe.sink(), now.index() + 1);
    } else {
      int limit = query.stream() ? now.history().limits().eventsMax() : 1;
      switch (now.history().scan(query.key(), query.recursive(), query.waitIndex(), limit)) {
        case EventHistory.Scan.Cleared(var error) -> {
          subscribe.replyTo().tell(new WatchRequest.Reply.Refused(error));
          return;
        }
        case EventHistory.Scan.Matches(List<KeyEvent> past, long ignored) ->
            startFromPast(query, subscribe.sink(), past, now.index());
      }
    }
    subscribe.replyTo().tell(new WatchRequest.Reply.Watching(now.index()));
  }

  private void startFromPast(WatchQuery query, WatchSink sink, List<KeyEvent> past, long index) {
    if (!past.isEmpty()) {
      sink.past(past.stream().map(WatchedEvent::new).toList());
    }
    if (!past.isEmpty() && !query.stream()) {
      sink.complete();
      return;
    }
    boolean ahead = Long.compareUnsigned(query.waitIndex(), index) > 0;
    register(query, sink, ahead ? query.waitIndex() : index + 1);
  }

  private void register(WatchQuery query, WatchSink sink, long first) {
    Watcher watcher = new Watcher(query, sink, first);
    Watcher before = bySink.put(sink, watcher);
    if (before != null) {
      table.remove(before);
    }
    table.add(watcher);
    publishStats();
  }

  private void onPublish(List<LiveEvent> events) {
    backlog.leave(events.size());
    int registered = table.size();
    for (LiveEvent live : events) {
      // After a restart of the Raft subtree the same entries are applied once more.
      if (Long.compareUnsigned(live.event().index(), passedOn) > 0) {
        passedOn = live.event().index();
        passOn(live);
      }
    }
    if (table.size() != registered) {
      publishStats();
    }
  }

  private void passOn(LiveEvent live) {
    List<Watcher> watchers = table.matching(live);
    if (watchers.isEmpty()) {
      return;
    }
    WatchedEvent event = new WatchedEvent(live.event());
    for (Watcher watcher : watchers) {
      boolean taken = watcher.sink().offer(event);
      if (!taken) {
        slow++;
        LOG.atDebug().addKeyValue("index", live.event().index()).log("watcher fell behind");
      }
      if (!taken || !watcher.query().stream()) {
        remove(watcher);
        watcher.sink().complete();
      }
    }
  }

  private void onMissed() {
    backlog.mend();
    passedOn = tree.get().index();
    lost += table.size();
    LOG.atWarn()
        .addKeyValue("watchers", table.size())
        .addKeyValue("index", passedOn)
        .log("watcher hub fell behind, all watches end");
    endAll();
  }

  private void endAll() {
    bySink.clear();
    table.clear().forEach(watcher -> watcher.sink().complete());
    publishStats();
  }

  private void forget(WatchSink sink) {
    Watcher watcher = bySink.get(sink);
    if (watcher != null) {
      remove(watcher);
      publishStats();
    }
  }

  private void remove(Watcher watcher) {
    bySink.remove(watcher.sink());
    table.remove(watcher);
  }

  private void publishStats() {
    stats.accept(new WatchStats(table.size(), slow, lost, refused));
  }
}
