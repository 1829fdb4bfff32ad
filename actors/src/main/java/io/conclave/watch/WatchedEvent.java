package io.conclave.watch;

import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.raft.core.Bytes;
import java.util.function.Function;

/** An event on its way to watchers, encoded at most once however many there are. */
public final class WatchedEvent {
  private final KeyEvent event;
  private volatile Bytes encoded;

  public WatchedEvent(KeyEvent event) {
    this.event = event;
  }

  public KeyEvent event() {
    return event;
  }

  /** The encoded form; {@code encoder} must be the same function for all callers. */
  public Bytes encoded(Function<KeyEvent, Bytes> encoder) {
    Bytes known = encoded;
    if (known == null) {
      known = encoder.apply(event);
      encoded = known;
    }
    return known;
  }
}
