package io.conclave.raft;

import io.conclave.raft.peer.PinStore;
import io.conclave.raft.peer.Pins;
import java.io.IOException;

/** Keeps in memory what was saved last, for the next start of the subtree in this process. */
final class RememberedPins implements PinStore {
  private final PinStore store;
  private volatile Pins saved;

  RememberedPins(Pins recovered, PinStore store) {
    this.store = store;
    this.saved = recovered;
  }

  Pins saved() {
    return saved;
  }

  @Override
  public void save(Pins pins) throws IOException {
    store.save(pins);
    saved = pins;
  }
}
