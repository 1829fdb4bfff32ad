package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;

/** The test of a compare-and-swap or compare-and-delete against a file. */
final class Comparison {
  private static final Bytes OPEN = Bytes.utf8("[");
  private static final Bytes DIFFERS = Bytes.utf8(" != ");
  private static final Bytes CLOSE = Bytes.utf8("]");
  private static final Bytes SPACE = Bytes.utf8(" ");

  private Comparison() {}

  /** The cause of error 101 in etcd's words, values as raw bytes; empty if the condition holds. */
  static Bytes mismatch(Command.Condition condition, Node file) {
    Bytes byValue = Bytes.EMPTY;
    if (condition.hasPrevValue()) {
      Bytes stored = file.value();
      if (!stored.equals(condition.prevValue())) {
        byValue = difference(condition.prevValue(), stored);
      }
    }
    if (condition.prevIndex() == 0 || condition.prevIndex() == file.modifiedIndex()) {
      return byValue;
    }
    Bytes byIndex =
        difference(
            Bytes.utf8(Long.toUnsignedString(condition.prevIndex())),
            Bytes.utf8(Long.toUnsignedString(file.modifiedIndex())));
    return byValue.isEmpty() ? byIndex : byValue.concat(SPACE).concat(byIndex);
  }

  private static Bytes difference(Bytes given, Bytes stored) {
    return OPEN.concat(given).concat(DIFFERS).concat(stored).concat(CLOSE);
  }
}
