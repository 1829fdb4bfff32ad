package io.conclave.persistence;

import java.io.IOException;

/**
 * What is on disk can't be what this member wrote and acknowledged. The message says what was found
 * and what to do; the process must not serve from such a directory (exit code 11).
 */
public final class DamagedData extends IOException {
  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      " Nothing was changed. Acknowledged writes may be missing here, so don't repair the files by"
          + " hand: in a cluster remove this member and add it again with an empty data directory;"
          + " a single member must be restored from a backup.";

  private final String finding;

  DamagedData(String finding) {
    this(finding, null);
  }

  DamagedData(String finding, Throwable cause) {
    super(finding + ADVICE, cause);
    this.finding = finding;
  }

  /** What was found, without the advice. */
  String finding() {
    return finding;
  }
}
