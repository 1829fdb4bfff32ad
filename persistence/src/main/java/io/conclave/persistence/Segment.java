package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one segment of the journal holds, as read from its files.
 *
 * @param lastBefore sequence number in front of the first event; meaningless without events
 * @param last sequence number of the newest event; meaningless without events
 * @param closed it ends with the closed mark
 * @param end where the next record would begin in {@code log}
 * @param nextNumber LevelDB's own number for the next put
 * @param flaw what is wrong with the bytes behind {@code end}, if they are not zeros
 */
record Segment(
    Path log,
    Mark.Header header,
    boolean hasEvents,
    long lastBefore,
    long last,
    boolean closed,
    long end,
    long nextNumber,
    Optional<String> flaw) {

  Segment {
    require(!hasEvents || last > lastBefore, "segment %s holds no event", log);
  }

  long number() {
    return header.number();
  }

  Path directory() {
    return log.getParent();
  }

  static Path directory(Path journal, long number) {
    return journal.resolve(String.format("%010d", number));
  }

  /**
   * The log file in {@code directory}; LevelDB starts a second one only if we outgrew its buffer.
   */
  static Optional<Path> log(Path directory) throws IOException {
    List<Path> logs =
        DurableFiles.list(directory).stream()
            .filter(file -> file.getFileName().toString().endsWith(".log"))
            .toList();
    if (logs.size() > 1) {
      throw new DamagedData(
          "Journal segment " + directory + " has " + logs.size() + " log files instead of one.");
    }
    return logs.stream().findFirst();
  }
}
