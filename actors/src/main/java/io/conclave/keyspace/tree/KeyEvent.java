package io.conclave.keyspace.tree;

import java.util.Optional;

/**
 * What a write did: the body of its answer and what watchers see.
 *
 * @param index the store index of the event; for an update of a directory this is not the
 *     modifiedIndex that later gets show
 * @param refresh silent: moves the index, is in the history, and no watcher sees it
 * @param created the key did not exist before, so the answer is 201
 */
public record KeyEvent(
    Action action,
    NodeView node,
    NodeView prevNodeOrNull,
    long index,
    boolean refresh,
    boolean created) {

  /** As written in the JSON. */
  public enum Action {
    GET("get"),
    SET("set"),
    CREATE("create"),
    UPDATE("update"),
    COMPARE_AND_SWAP("compareAndSwap"),
    DELETE("delete"),
    COMPARE_AND_DELETE("compareAndDelete"),
    EXPIRE("expire");

    private final String json;

    Action(String json) {
      this.json = json;
    }

    public String json() {
      return json;
    }

    /** The node is gone after the event, and so is all below it. */
    public boolean removes() {
      return this == DELETE || this == COMPARE_AND_DELETE || this == EXPIRE;
    }
  }

  public Optional<NodeView> prevNode() {
    return Optional.ofNullable(prevNodeOrNull);
  }

  public KeyPath key() {
    return node.key();
  }
}
