package io.conclave.persistence;

import io.conclave.persistence.SegmentReader.EventVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Passes on the wanted part of the events and refuses a hole before anybody sees what follows. */
final class Replay implements EventVisitor {
  private final long to;
  private final EventVisitor visitor;
  private final long from;
  private long expected;
  private long left;

  Replay(long from, long to, long max, EventVisitor visitor) {
    this.from = from;
    this.expected = from;
    this.to = to;
    this.left = max;
    this.visitor = visitor;
  }

  @Override
  public void event(long sequenceNr, ByteBuffer payload) throws IOException {
    if (sequenceNr < from || sequenceNr > to || left == 0) {
      return;
    }
    if (sequenceNr != expected) {
      throw new DamagedData(
          "The journal is damaged: events "
              + expected
              + " to "
              + (sequenceNr - 1)
              + " are missing; the snapshot ends with event "
              + (from - 1)
              + ".");
    }
    expected++;
    left--;
    visitor.event(sequenceNr, payload);
  }
}
