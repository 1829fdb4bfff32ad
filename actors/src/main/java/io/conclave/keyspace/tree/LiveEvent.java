package io.conclave.keyspace.tree;

/**
 * An event at the moment it happens, together with what it took away, so that watchers below a
 * removed directory can be told exactly if their key was there. Meant to be short-lived: it holds
 * the removed subtree.
 */
public final class LiveEvent {
  private final KeyEvent event;
  private final Node removedOrNull;

  LiveEvent(KeyEvent event, Node removedOrNull) {
    this.event = event;
    this.removedOrNull = removedOrNull;
  }

  public KeyEvent event() {
    return event;
  }

  /** True if {@code path} is or lies below the node that this event removed, and existed. */
  public boolean tookAway(KeyPath path) {
    return removedOrNull != null
        && path.isAtOrBelow(event.key())
        && removedOrNull.descendantOrNull(path, event.key().depth()) != null;
  }
}
