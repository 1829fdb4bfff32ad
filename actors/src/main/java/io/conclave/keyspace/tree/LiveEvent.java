package io.conclave.keyspace.tree;

/**
 * An event at the moment it happens, together with what it took away, so that watchers below a
 * removed directory can be told exactly if their key was there. Meant to be short-lived: it holds
 * the removed subtree.
 */
public final class LiveEvent {
  private final KeyEvent event;
  private final Node removedOrNull;
  private final boolean past;

  LiveEvent(KeyEvent event, Node removedOrNull) {
    this(event, removedOrNull, false);
  }

  private LiveEvent(KeyEvent event, Node removedOrNull, boolean past) {
    this.event = event;
    this.removedOrNull = removedOrNull;
    this.past = past;
  }

  /** An event of the history; what it took away is gone, so everything below it may have been. */
  static LiveEvent ofPast(KeyEvent event) {
    return new LiveEvent(event, null, true);
  }

  public KeyEvent event() {
    return event;
  }

  /**
   * True if {@code path} is or lies below the node that this event removed, and existed, or may
   * have existed if that can't be known any more.
   */
  public boolean tookAway(KeyPath path) {
    if (past) {
      return WatchMatch.removesDirectory(event) && path.isAtOrBelow(event.key());
    }
    return removedOrNull != null
        && path.isAtOrBelow(event.key())
        && removedOrNull.descendantOrNull(path, event.key().depth()) != null;
  }
}
