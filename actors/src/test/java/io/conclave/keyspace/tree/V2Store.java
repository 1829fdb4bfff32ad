package io.conclave.keyspace.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.conclave.keyspace.tree.StoreStats.Counter;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;

/** A store with a clock of its own, for tests that read like sessions with a server. */
final class V2Store {
  static final long WALL_OFFSET = 1_700_000_000_000L;

  KeySpace tree = KeySpace.initial(KeySpace.HISTORY_MAX_DEFAULT);
  List<LiveEvent> live = List.of();
  private long clusterTime = 10_000;

  Stamp now() {
    return new Stamp(clusterTime, WALL_OFFSET);
  }

  /** The command must take effect. */
  KeyEvent ok(Command command) {
    return assertInstanceOf(Outcome.Changed.class, apply(command)).event();
  }

  /** The command must be refused, and change no index. */
  V2Error refused(Command command) {
    long before = tree.index();
    V2Error error = assertInstanceOf(Outcome.Refused.class, apply(command)).error();
    assertEquals(before, tree.index());
    assertEquals(before, error.index());
    return error;
  }

  void refused(Command command, Code code, String cause) {
    assertEquals(V2Error.of(code, cause, tree.index()), refused(command));
  }

  /** Lets time pass and expires what is due. */
  List<KeyEvent> pass(long millis) {
    clusterTime += millis;
    apply(new Command.Sync());
    return live.stream().map(LiveEvent::event).toList();
  }

  /** Lets time pass without a leader's sync. */
  void passUnnoticed(long millis) {
    clusterTime += millis;
  }

  NodeView get(String key) {
    return get(key, false);
  }

  NodeView get(String key, boolean recursive) {
    return assertInstanceOf(
            Lookup.Found.class, tree.get(KeyPath.of(key), recursive, true, now().clusterTime()))
        .event()
        .node();
  }

  void notFound(String key, Code code, String cause) {
    Lookup.Refused refused =
        assertInstanceOf(
            Lookup.Refused.class, tree.get(KeyPath.of(key), false, false, now().clusterTime()));
    assertEquals(V2Error.of(code, cause, tree.index()), refused.error());
  }

  long count(Counter counter) {
    return tree.stats().get(counter);
  }

  /** True if the last command woke a watcher on {@code key}. */
  boolean wakes(String key, boolean recursive) {
    return live.stream().anyMatch(event -> WatchMatch.matches(event, KeyPath.of(key), recursive));
  }

  /** Indexes of the events that a watcher from the past is told. */
  List<Long> past(String key, boolean recursive, long fromIndex) {
    EventHistory.Scan.Matches matches =
        assertInstanceOf(
            EventHistory.Scan.Matches.class,
            tree.history().scan(KeyPath.of(key), recursive, fromIndex, 1_000));
    List<Long> indexes = new ArrayList<>();
    matches.events().forEach(event -> indexes.add(event.index()));
    return indexes;
  }

  private Outcome apply(Command command) {
    KeySpace.Result result = tree.apply(command, now());
    tree = result.after();
    live = result.events();
    return result.outcome();
  }

  static Command.Set set(String key, String value) {
    return new Command.Set(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false);
  }

  static Command.Set set(String key, String value, long ttl) {
    return new Command.Set(KeyPath.of(key), Bytes.utf8(value), false, new Ttl.Seconds(ttl), false);
  }

  static Command.Set mkdir(String key) {
    return new Command.Set(KeyPath.of(key), Bytes.EMPTY, true, Ttl.PERMANENT, false);
  }

  static Command.Set mkdir(String key, long ttl) {
    return new Command.Set(KeyPath.of(key), Bytes.EMPTY, true, new Ttl.Seconds(ttl), false);
  }

  static Command.Set refresh(String key, long ttl) {
    return new Command.Set(KeyPath.of(key), Bytes.EMPTY, false, new Ttl.Seconds(ttl), true);
  }

  static Command.Create create(String key, String value) {
    return new Command.Create(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT);
  }

  static Command.CreateInOrder post(String key, String value) {
    return new Command.CreateInOrder(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT);
  }

  static Command.Update update(String key, String value) {
    return new Command.Update(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false);
  }

  static Command.Update update(String key, String value, long ttl) {
    return new Command.Update(
        KeyPath.of(key), Bytes.utf8(value), false, new Ttl.Seconds(ttl), false);
  }

  static Command.Update updateDir(String key) {
    return new Command.Update(KeyPath.of(key), Bytes.EMPTY, true, Ttl.PERMANENT, false);
  }

  static Command.CompareAndSwap swap(String key, String value, Command.Condition condition) {
    return new Command.CompareAndSwap(
        KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false, condition);
  }

  static Command.CompareAndDelete deleteIf(String key, Command.Condition condition) {
    return new Command.CompareAndDelete(KeyPath.of(key), condition);
  }

  static Command.Delete delete(String key) {
    return new Command.Delete(KeyPath.of(key), false, false);
  }

  static Command.Delete rmdir(String key) {
    return new Command.Delete(KeyPath.of(key), true, false);
  }

  static Command.Delete deleteAll(String key) {
    return new Command.Delete(KeyPath.of(key), false, true);
  }

  static Command.Condition value(String prevValue) {
    return Command.Condition.value(Bytes.utf8(prevValue));
  }

  static Command.Condition index(long prevIndex) {
    return Command.Condition.index(prevIndex);
  }
}
