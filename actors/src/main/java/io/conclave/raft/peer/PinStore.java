package io.conclave.raft.peer;

import java.io.IOException;

/** Where the pins are kept. Called from one thread at a time, which may block. */
@FunctionalInterface
public interface PinStore {
  /** Replaces what was saved; durable when it returns. */
  void save(Pins pins) throws IOException;
}
