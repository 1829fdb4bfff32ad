package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The receiving end of one snapshot transfer (architecture §8.5): which chunks to ask for, again
 * after a while without an answer, and in what order to write what comes. Time is counted in ticks.
 */
public final class SnapshotTransferState {
  /** Bytes of every chunk but the last. */
  public static final int CHUNK_BYTES = 128 << 10;

  /** Chunks asked for and not yet here, at most. */
  public static final int OUTSTANDING_MAX = 4;

  private final long sizeBytes;
  private final Timing timing;

  /** Everything before it has been handed out to be written. */
  private long written;

  private long nextAsked;
  private final TreeMap<Long, Asked> asked = new TreeMap<>();
  private final TreeMap<Long, Bytes> early = new TreeMap<>();
  private long now;
  private long lastProgress;

  private record Asked(long tick, int attempts) {}

  /**
   * @param retryTicks a chunk that has not come is asked for again, after twice as long each time
   * @param retryTicksMax the longest such wait
   * @param giveUpTicks without any chunk
   */
  public record Timing(int retryTicks, int retryTicksMax, int giveUpTicks) {
    public Timing {
      require(
          1 <= retryTicks && retryTicks <= retryTicksMax && retryTicksMax < giveUpTicks,
          "retry after %d to %d ticks, give up after %d",
          retryTicks,
          retryTicksMax,
          giveUpTicks);
    }
  }

  /**
   * @param sizeBytes of the whole snapshot
   * @param writtenBytes already here, from an earlier attempt
   */
  public SnapshotTransferState(long sizeBytes, long writtenBytes, Timing timing) {
    require(0 <= writtenBytes && writtenBytes <= sizeBytes, "%d of %d", writtenBytes, sizeBytes);
    this.sizeBytes = sizeBytes;
    this.timing = timing;
    this.written = writtenBytes;
    this.nextAsked = writtenBytes;
  }

  /** The offsets to ask for now; each is handed out once until it is due again. */
  public List<Long> fetches() {
    List<Long> offsets = new ArrayList<>();
    for (var outstanding : asked.entrySet()) {
      Asked last = outstanding.getValue();
      if (now - last.tick() >= patience(last.attempts())) {
        outstanding.setValue(new Asked(now, last.attempts() + 1));
        offsets.add(outstanding.getKey());
      }
    }
    while (asked.size() + early.size() < OUTSTANDING_MAX && nextAsked < sizeBytes) {
      asked.put(nextAsked, new Asked(now, 1));
      offsets.add(nextAsked);
      nextAsked += chunkLength(nextAsked);
    }
    return offsets;
  }

  /**
   * A chunk came.
   *
   * @return what can be written now, in order; empty if it came too early or nobody asked for it
   */
  public List<Bytes> received(long offset, Bytes bytes) {
    if (!asked.containsKey(offset) || bytes.length() != chunkLength(offset)) {
      return List.of();
    }
    asked.remove(offset);
    early.put(offset, bytes);
    lastProgress = now;
    List<Bytes> writable = new ArrayList<>();
    while (!early.isEmpty() && early.firstKey() == written) {
      Bytes next = early.pollFirstEntry().getValue();
      written += next.length();
      writable.add(next);
    }
    return writable;
  }

  /** Time passed. */
  public void tick() {
    now++;
  }

  /** The sender is there again: everything outstanding is due at once. */
  public void resume() {
    lastProgress = now;
    asked.replaceAll((offset, last) -> new Asked(now - timing.retryTicksMax(), 1));
  }

  /** Bytes handed out to be written, from the start of the snapshot. */
  public long written() {
    return written;
  }

  public boolean isComplete() {
    return written == sizeBytes;
  }

  /** Nothing has come for so long that the transfer should end. */
  public boolean isGivenUp() {
    return now - lastProgress >= timing.giveUpTicks();
  }

  private long patience(int attempts) {
    return Math.min(
        timing.retryTicksMax(), (long) timing.retryTicks() << Math.min(attempts - 1, 20));
  }

  private int chunkLength(long offset) {
    return (int) Math.min(CHUNK_BYTES, sizeBytes - offset);
  }
}
