package io.conclave.node;

import java.nio.file.Path;
import java.util.List;

/** The process can't start: for people to read, in one sentence and possibly some hints. */
public final class StartRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** The start was refused: flags, environment, data directory or ports don't fit. */
  static final int REFUSED = 1;

  /** The data directory holds data that is damaged. */
  static final int DAMAGED = 11;

  /** The data directory is not the one that its cluster knows. */
  static final int IDENTITY = 13;

  private final int exitCode;
  private final transient List<String> hints;

  StartRefused(int exitCode, String text, List<String> hints) {
    super(text);
    this.exitCode = exitCode;
    this.hints = List.copyOf(hints);
  }

  static StartRefused because(String format, Object... arguments) {
    return new StartRefused(REFUSED, String.format(format, arguments), List.of());
  }

  /** The flags contradict each other, or one is out of its range. */
  static StartRefused flags(String problem, String... hints) {
    String text = "error verifying flags, " + problem + ". See 'etcd --help'.";
    return new StartRefused(REFUSED, text, List.of(hints));
  }

  /** A file that the member can't do without is not as it was written. */
  static StartRefused damaged(Path file) {
    String text =
        file
            + " is damaged: restore the whole data directory, or remove this member from the"
            + " cluster and add it again with an empty one";
    return new StartRefused(DAMAGED, text, List.of());
  }

  /** Going on under this identity could lose acknowledged writes. */
  static StartRefused identity(String text, String... hints) {
    return new StartRefused(IDENTITY, text, List.of(hints));
  }

  int exitCode() {
    return exitCode;
  }

  /** Further lines, after the message. */
  List<String> hints() {
    return hints;
  }
}
