package io.conclave.keyspace.tree;

/**
 * Which events concern a watcher (the table of spec v2-keys §13): those of the watched key itself,
 * those below it if the watch is recursive and no component on the way is hidden, and the removal
 * of a directory above it. Refreshes concern nobody.
 *
 * <p>Live events and the history differ in one point only: a live removal above the watched key
 * counts if that key existed, in the history it always counts, because the tree of that moment is
 * gone (divergence 4).
 */
public final class WatchMatch {
  private WatchMatch() {}

  /** True if a watcher on {@code watched} is told of {@code live}, once. */
  public static boolean matches(LiveEvent live, KeyPath watched, boolean recursive) {
    KeyEvent event = live.event();
    return !event.refresh()
        && (concerns(event.key(), watched, recursive) || live.tookAway(watched));
  }

  /** True if a watcher on {@code watched} that starts in the past is told of {@code event}. */
  public static boolean matchesPast(KeyEvent event, KeyPath watched, boolean recursive) {
    return !event.refresh()
        && (concerns(event.key(), watched, recursive)
            || removesDirectory(event) && watched.isAtOrBelow(event.key()));
  }

  private static boolean concerns(KeyPath key, KeyPath watched, boolean recursive) {
    if (!recursive) {
      return key.equals(watched);
    }
    return key.isAtOrBelow(watched) && !key.isHiddenBelow(watched);
  }

  static boolean removesDirectory(KeyEvent event) {
    NodeView before = event.prevNodeOrNull();
    return event.action().removes() && before != null && before.dir();
  }
}
