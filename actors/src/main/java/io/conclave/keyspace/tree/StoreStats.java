package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import java.util.Arrays;

/**
 * How often which kind of write took effect or was refused, since the cluster began; part of the
 * replicated state. Which refusal counts where follows the oddities of spec v2-cluster §8. Reads
 * are counted by each member for itself, outside the tree.
 */
public final class StoreStats {
  /**
   * What is counted, in the order of {@code /v2/stats/store}. Snapshots hold the numbers in this
   * order: never renumber, only add at the end.
   */
  public enum Counter {
    SETS_SUCCESS("setsSuccess"),
    SETS_FAIL("setsFail"),
    DELETE_SUCCESS("deleteSuccess"),
    DELETE_FAIL("deleteFail"),
    UPDATE_SUCCESS("updateSuccess"),
    UPDATE_FAIL("updateFail"),
    CREATE_SUCCESS("createSuccess"),
    CREATE_FAIL("createFail"),
    COMPARE_AND_SWAP_SUCCESS("compareAndSwapSuccess"),
    COMPARE_AND_SWAP_FAIL("compareAndSwapFail"),
    COMPARE_AND_DELETE_SUCCESS("compareAndDeleteSuccess"),
    COMPARE_AND_DELETE_FAIL("compareAndDeleteFail"),
    EXPIRE_COUNT("expireCount");

    private static final int COUNT = values().length;

    private final String json;

    Counter(String json) {
      this.json = json;
    }

    /** The name of the field in the JSON. */
    public String json() {
      return json;
    }
  }

  static final StoreStats ZERO = new StoreStats(new long[Counter.COUNT]);

  private final long[] counts;

  private StoreStats(long[] counts) {
    this.counts = counts;
  }

  /**
   * @param counts in the order of {@link Counter}; those that are missing are 0
   */
  public static StoreStats of(long... counts) {
    require(counts.length <= Counter.COUNT, "%d counters", counts.length);
    return new StoreStats(Arrays.copyOf(counts, Counter.COUNT));
  }

  public long get(Counter counter) {
    return counts[counter.ordinal()];
  }

  Tally tally() {
    return new Tally(counts.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoreStats that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  /** Counts on for one batch. */
  static final class Tally {
    private final long[] counts;

    private Tally(long[] counts) {
      this.counts = counts;
    }

    void add(Counter counter, long times) {
      counts[counter.ordinal()] += times;
    }

    void add(Counter counter) {
      add(counter, 1);
    }

    StoreStats total() {
      return new StoreStats(counts.clone());
    }
  }
}
