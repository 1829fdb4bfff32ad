package io.conclave.testkit.bench;

import java.util.Locale;

/** What the clients do. */
enum Workload {
  /** Reads of random keys that exist. */
  GET,
  /** The same reads with {@code quorum=true}. */
  QUORUM_GET,
  /** Writes to random keys that exist. */
  PUT,
  /** Reads with a share of writes. */
  MIXED,
  /** Streams on a directory, and a writer below it. */
  WATCH,
  /** Long polls for one key, asked again after each event, and a writer of it. */
  WATCH_POLL;

  /** How options and reports name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isWatch() {
    return this == WATCH || this == WATCH_POLL;
  }

  /**
   * Finds a workload by its label.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Workload of(String label) {
    for (Workload workload : values()) {
      if (workload.label().equals(label)) {
        return workload;
      }
    }
    throw new IllegalArgumentException("unknown workload: " + label);
  }
}
