package io.conclave.persistence;

import io.conclave.metrics.Histogram;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * What journal and snapshots of one actor system did so far, for people to look at; nothing rests
 * on it. An extension, because Pekko makes the plugins itself. Safe for any thread.
 */
public final class StorageStats implements Extension {
  private static final Id ID = new Id();

  private final Histogram appends = new Histogram();
  private final Histogram snapshots = new Histogram();
  private final LongAdder bytes = new LongAdder();
  private volatile long lastIndex;

  private StorageStats() {}

  /** The one of {@code system}. */
  public static StorageStats of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** Writes to the journal, each with its sync. */
  public Histogram appends() {
    return appends;
  }

  /** Bytes of the events that were appended. */
  public long appendedBytes() {
    return bytes.sum();
  }

  /** Snapshots of this member's own tree, from the first byte until the file is verified. */
  public Histogram snapshots() {
    return snapshots;
  }

  /** Of the newest entry in the journal, synced. */
  public long lastIndex() {
    return lastIndex;
  }

  void appended(long length, long nanos) {
    bytes.add(length);
    appends.observe(nanos);
  }

  void snapshotSaved(long nanos) {
    snapshots.observe(nanos);
  }

  /** Called by the journal's actor alone. */
  void lastIndex(long index) {
    lastIndex = index;
  }

  private static final class Id extends AbstractExtensionId<StorageStats> {
    @Override
    public StorageStats createExtension(ExtendedActorSystem system) {
      return new StorageStats();
    }
  }
}
