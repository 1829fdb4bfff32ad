package io.conclave.raft.core;

/**
 * Cluster time: milliseconds during which the cluster had a leader. Only a leader's monotonic clock
 * moves it; everybody else keeps the maximum that a leader told.
 *
 * <p>The word of a later leader replaces that of an earlier one, also if it is lower: the earlier
 * one may have told a few members of time that the later one, and the keys it stamped, never knew.
 *
 * <p>A leader tells others only what a majority has confirmed it for. Whatever its clock counted
 * beyond that, because it was cut off and did not know, is forgotten when it steps down: otherwise
 * it could bring that time back as a later leader, and keys stamped by the leader between would
 * expire early.
 */
final class ClusterTime {
  /** A wall offset is repeated unless the leader's own differs by more than this. */
  static final long OFFSET_TOLERANCE_MILLIS = 500;

  private long confirmed;
  private long heardInTerm;
  private long running;
  private boolean leading;
  private long wallMillis;

  ClusterTime(long recovered, long term) {
    this.confirmed = recovered;
    this.heardInTerm = term;
  }

  /** Time passed. */
  void tick(Input.Tick tick) {
    wallMillis = tick.wallMillis();
    if (leading) {
      running += Math.max(0, tick.elapsedMillis());
    }
  }

  /** A leader of {@code term}, or a snapshot that ends in it, says that it is this late. */
  void heard(long term, long clusterTime) {
    if (term > heardInTerm) {
      heardInTerm = term;
      confirmed = clusterTime;
    } else if (term == heardInTerm) {
      confirmed = Math.max(confirmed, clusterTime);
    }
  }

  /**
   * This member leads {@code term}.
   *
   * @param lastTerm of the last entry before; if no leader since then was heard of, only that
   *     entry's stamp says how late it is
   */
  void lead(long term, long lastTerm, Stamp lastStamp) {
    long heard = lastTerm > heardInTerm ? 0 : confirmed;
    leading = true;
    running = Math.max(heard, lastStamp.clusterTime());
    confirmed = running;
    heardInTerm = term;
  }

  void follow() {
    leading = false;
  }

  /** A majority still followed this leader when its clock showed this. */
  void confirm(long clusterTime) {
    confirmed = Math.max(confirmed, clusterTime);
  }

  /** What is safe to tell, and to keep beside the log. */
  long confirmed() {
    return confirmed;
  }

  /** The same as of an entry with this stamp, for a snapshot. */
  Stamp confirmed(Stamp stamp) {
    return new Stamp(Math.max(confirmed, stamp.clusterTime()), stamp.wallOffset());
  }

  /** The leader's clock. */
  long running() {
    return running;
  }

  /** The newest time that this member can show, given the newest stamp in its log. */
  Stamp now(Stamp lastStamp) {
    long shown = leading ? running : Math.max(confirmed, lastStamp.clusterTime());
    return new Stamp(shown, lastStamp.wallOffset());
  }

  /** The stamp of the leader's next entry. */
  Stamp stamp(Stamp lastStamp) {
    long time = Math.max(running, lastStamp.clusterTime());
    long offset = wallMillis - time;
    boolean near = Math.abs(offset - lastStamp.wallOffset()) <= OFFSET_TOLERANCE_MILLIS;
    return new Stamp(time, near ? lastStamp.wallOffset() : offset);
  }
}
