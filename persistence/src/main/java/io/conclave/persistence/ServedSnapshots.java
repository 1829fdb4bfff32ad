package io.conclave.persistence;

import static java.nio.file.StandardOpenOption.READ;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finished snapshot files that other members fetch. A file is read whole and checked before its
 * first byte leaves, and stays open while it is fetched: whoever deletes it meanwhile, because
 * newer ones are there, takes only its name away. Safe for any thread.
 */
final class ServedSnapshots {
  private static final Logger LOG = LoggerFactory.getLogger(ServedSnapshots.class);

  /** A transfer that is silent for longer is over long since. */
  static final long IDLE_SECONDS = 30;

  private final Path directory;
  private final Map<LogPosition, Open> open = new HashMap<>();

  private static final class Open {
    private final SnapshotFile file;
    private final FileChannel channel;
    private long usedNanos = System.nanoTime();

    private Open(SnapshotFile file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }
  }

  ServedSnapshots(Path directory) {
    this.directory = directory;
  }

  /** Empty if there is no such file (any more), or it is damaged. */
  synchronized Optional<SnapshotOffer> offer(LogPosition position) throws IOException {
    return opened(position)
        .map(found -> found.file)
        .map(file -> new SnapshotOffer(file.meta(), file.length(), file.crc()));
  }

  synchronized Optional<Bytes> read(LogPosition position, long offset, int length)
      throws IOException {
    Optional<Open> found =
        opened(position).filter(held -> offset >= 0 && offset < held.file.length());
    return found.isEmpty() ? Optional.empty() : Optional.of(read(found.get(), offset, length));
  }

  private static Bytes read(Open held, long offset, int length) throws IOException {
    int bytes = (int) Math.min(length, held.file.length() - offset);
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      long at = held.file.begin() + offset + buffer.position();
      if (held.channel.read(buffer, at) < 0) {
        throw new DamagedData("Snapshot " + held.file.path() + " has become shorter.");
      }
    }
    return Bytes.adopt(buffer.array());
  }

  private Optional<Open> opened(LogPosition position) throws IOException {
    Open held = open.get(position);
    if (held == null) {
      for (SnapshotName name : SnapshotDirectory.names(directory)) {
        if (name.position().equals(position)) {
          return open(name);
        }
      }
      return Optional.empty();
    }
    held.usedNanos = System.nanoTime();
    return Optional.of(held);
  }

  private Optional<Open> open(SnapshotName name) throws IOException {
    Path path = name.in(directory);
    FileChannel channel;
    try {
      channel = FileChannel.open(path, READ);
    } catch (NoSuchFileException deletedMeanwhile) {
      return Optional.empty();
    }
    try {
      Open opened = new Open(SnapshotFile.verify(path), channel);
      open.put(name.position(), opened);
      closeLater();
      return Optional.of(opened);
    } catch (IOException unreadable) {
      channel.close();
      throw unreadable;
    }
  }

  private void closeLater() {
    Executor later = CompletableFuture.delayedExecutor(IDLE_SECONDS, TimeUnit.SECONDS);
    later.execute(this::closeIdle);
  }

  private synchronized void closeIdle() {
    long idleSince = System.nanoTime() - TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
    for (Iterator<Open> each = open.values().iterator(); each.hasNext(); ) {
      Open held = each.next();
      if (held.usedNanos - idleSince <= 0) {
        each.remove();
        close(held);
      }
    }
    if (!open.isEmpty()) {
      closeLater();
    }
  }

  private static void close(Open held) {
    try {
      held.channel.close();
    } catch (IOException failed) {
      LOG.atWarn()
          .addKeyValue("file", held.file.path())
          .setCause(failed)
          .log("a snapshot that was sent can't be closed");
    }
  }
}
