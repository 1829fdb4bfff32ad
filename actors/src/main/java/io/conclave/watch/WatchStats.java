package io.conclave.watch;

/**
 * Published by the hub for statistics and metrics.
 *
 * @param watchers registered now; one that is served from history never counts
 * @param slow ended since the hub started because their reader fell behind
 * @param lost ended since the hub started because the hub itself fell behind
 * @param refused not registered since the hub started, because there were too many
 */
public record WatchStats(int watchers, long slow, long lost, long refused) {
  public static final WatchStats NONE = new WatchStats(0, 0, 0, 0);
}
