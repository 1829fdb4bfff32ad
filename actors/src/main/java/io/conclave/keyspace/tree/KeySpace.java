package io.conclave.keyspace.tree;

import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Stamp;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The v2 store as an immutable value: the tree of keys, the store index, the deadlines of TTLs, the
 * event history, the statistics of writes and what is known of the cluster. All of it is replicated
 * state: equal commands with equal stamps make equal key spaces on every member.
 *
 * <p>Any thread may read any version. Changes go through {@link #apply} one by one, or through a
 * {@link #batch} at less cost.
 *
 * @see "spec v2-keys §5 to §14"
 */
public final class KeySpace {
  /** Most nodes that one {@link Command.Sync} expires. */
  public static final int EXPIRE_MAX = 1000;

  /** How many events etcd remembers. */
  public static final int HISTORY_MAX_DEFAULT = 1000;

  private final long index;
  private final Stamp stamp;
  private final Directory root;
  private final ExpiryIndex expiry;
  private final EventHistory history;
  private final StoreStats stats;
  private final ClusterState cluster;

  KeySpace(
      long index,
      Stamp stamp,
      Directory root,
      ExpiryIndex expiry,
      EventHistory history,
      StoreStats stats,
      ClusterState cluster) {
    this.index = index;
    this.stamp = stamp;
    this.root = root;
    this.expiry = expiry;
    this.history = history;
    this.stats = stats;
    this.cluster = cluster;
  }

  /**
   * What one command did.
   *
   * @param events what watchers are told, in order
   */
  public record Result(KeySpace after, Outcome outcome, List<LiveEvent> events) {
    private static Result of(KeySpaceBatch batch, KeySpaceBatch.Applied applied) {
      return new Result(batch.seal(), applied.outcome(), applied.events());
    }
  }

  /**
   * The store of a cluster that has not begun: empty, at index 0.
   *
   * @param history how much is remembered; the same on all members
   */
  public static KeySpace initial(HistoryLimits history) {
    return new KeySpace(
        0,
        Stamp.ZERO,
        Directory.EMPTY_ROOT,
        ExpiryIndex.EMPTY,
        EventHistory.startingAfter(0, history),
        StoreStats.ZERO,
        ClusterState.NONE);
  }

  /** The same with a history of so many events, however large they are. */
  public static KeySpace initial(int historyMax) {
    return initial(HistoryLimits.ofEvents(historyMax));
  }

  /**
   * The same key space that remembers so much from now on, for one that comes from a snapshot;
   * events forgotten before don't come back.
   */
  public KeySpace withHistory(HistoryLimits limits) {
    return limits.equals(history.limits())
        ? this
        : new KeySpace(index, stamp, root, expiry, history.resized(limits), stats, cluster);
  }

  /** For several commands in a row; this version stays as it is. */
  public KeySpaceBatch batch() {
    return new KeySpaceBatch(this);
  }

  /**
   * @param stampOfEntry the time by which the command expires nodes and gives them deadlines
   */
  public Result apply(Command command, Stamp stampOfEntry) {
    KeySpaceBatch batch = batch();
    return Result.of(batch, batch.apply(command, stampOfEntry));
  }

  /** Applies the first entry of the log: the index moves by one for each member. */
  public Result applyBootstrap(Membership membership, Stamp stampOfEntry) {
    KeySpaceBatch batch = batch();
    return Result.of(batch, batch.applyBootstrap(membership, stampOfEntry));
  }

  /**
   * Applies a configuration change: the index moves by one for an added member or changed URLs, by
   * two for a removed member, and not for a promotion.
   *
   * @param membership the configuration after {@code change}
   */
  public Result applyReconfigure(
      Membership membership, Membership.Change change, Stamp stampOfEntry) {
    KeySpaceBatch batch = batch();
    return Result.of(batch, batch.applyReconfigure(membership, change, stampOfEntry));
  }

  /**
   * Reads one key, in byte order of the names whether {@code sorted} or not. Hidden nodes are left
   * out of listings, not of direct reads.
   *
   * @param recursive show the whole subtree of a directory, not only its children
   * @param clusterTime now, for what is left of TTLs; that of the tree counts if it is later.
   *     Deadlines are shown with the tree's wall offset, as by the write that set them.
   */
  public Lookup get(KeyPath key, boolean recursive, boolean sorted, long clusterTime) {
    Stamp now = new Stamp(Math.max(clusterTime, stamp.clusterTime()), stamp.wallOffset());
    Node node = root.descendantOrNull(key, 0);
    if (node == null) {
      return new Lookup.Refused(TreeEdit.whyMissing(root, key, index));
    }
    NodeView view =
        node instanceof Directory directory
            ? Listing.of(directory, key, recursive, now)
            : node.view(key, now);
    return new Lookup.Found(new KeyEvent(KeyEvent.Action.GET, view, null, index, false, false));
  }

  /** The store index: one for each change that ever took effect, of keys or of the cluster. */
  public long index() {
    return index;
  }

  /** The highest cluster time that was applied, with the newest wall offset. */
  public Stamp stamp() {
    return stamp;
  }

  /** Counters of writes; those of reads are kept elsewhere. */
  public StoreStats stats() {
    return stats;
  }

  /**
   * What keys, values and TTLs take of the heap, within a few percent; known without counting. The
   * history has its own limit and is not in here.
   */
  public long treeBytes() {
    return root.heapBytes() + expiry.heapBytes();
  }

  /**
   * What the nodes of a listing of {@code key} take of the heap, estimated; 0 if it is no
   * directory.
   *
   * @param recursive as in {@link #get}
   */
  public long listedBytes(KeyPath key, boolean recursive) {
    return root.descendantOrNull(key, 0) instanceof Directory directory
        ? recursive ? directory.heapBytes() : directory.ownBytes()
        : 0;
  }

  /**
   * By how much {@code command} would make {@link #treeBytes} larger, at most and but for a few
   * bytes of indexes; never negative.
   */
  public long growth(Command command) {
    return new Growth(root).of(command);
  }

  /** For watches that start in the past. */
  public EventHistory history() {
    return history;
  }

  /** The earliest deadline of all TTLs, in milliseconds of cluster time. */
  public OptionalLong nextExpiry() {
    return expiry.first();
  }

  /** The configuration as applied. */
  public Membership membership() {
    return cluster.membership();
  }

  /** What {@code /v2/members} shows, by id. */
  public List<ClusterMember> members() {
    return cluster.members();
  }

  /** The version that all members support, such as {@code 2.3.0}; "" until it is decided. */
  public String clusterVersion() {
    return cluster.version();
  }

  /** All nodes but the root, depth first, children by name, for a snapshot. */
  public Iterator<StoredNode> storedNodes() {
    return new StoredNodes(root);
  }

  /** Everything but nodes and events, for a snapshot. */
  public StoredHeader storedHeader() {
    return new StoredHeader(
        index, stamp, history.limits().eventsMax(), history.size(), stats, cluster);
  }

  /** True if both hold the same nodes, events, counters and all else, however they came about. */
  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof KeySpace that) || !storedHeader().equals(that.storedHeader())) {
      return false;
    }
    Iterator<StoredNode> nodes = storedNodes();
    Iterator<StoredNode> thatNodes = that.storedNodes();
    while (nodes.hasNext() && thatNodes.hasNext()) {
      if (!nodes.next().equals(thatNodes.next())) {
        return false;
      }
    }
    return nodes.hasNext() == thatNodes.hasNext()
        && expiry.equals(that.expiry)
        && history.equals(that.history);
  }

  @Override
  public int hashCode() {
    return storedHeader().hashCode();
  }

  Directory root() {
    return root;
  }

  ExpiryIndex expiry() {
    return expiry;
  }

  ClusterState cluster() {
    return cluster;
  }
}
