package io.conclave.persistence;

import static java.nio.file.StandardOpenOption.WRITE;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Ends a segment that an earlier process left open: cuts off the batch that was being written and
 * adds the closed mark. LevelDB is not asked, because opening a database rewrites its log.
 */
final class SegmentEnd {
  private SegmentEnd() {}

  static void close(Segment segment) throws IOException {
    Mark mark = new Mark.Closed(segment.last());
    byte[] record =
        BatchFormat.encode(
            segment.nextNumber(),
            RecordFormat.markKey(mark),
            RecordFormat.markValue(segment.header().journalId(), mark));
    try (FileChannel channel = FileChannel.open(segment.log(), WRITE)) {
      channel.truncate(segment.end());
      channel.force(true);
      channel.position(segment.end());
      DurableFiles.writeFully(channel, LogFormat.frame(record, segment.end()));
      channel.force(true);
    }
  }
}
