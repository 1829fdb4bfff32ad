package io.conclave.persistence;

import io.conclave.keyspace.TreeCodec;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.SnapshotTarget.Incoming;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one snapshot that comes from another member: a file whose name says which offer it belongs
 * to, so that a later attempt, or a later process, goes on where it ends. It holds the part of a
 * snapshot file that is sent and nothing of its owner's. Safe for any thread.
 */
final class ReceivedSnapshot {
  private static final Logger LOG = LoggerFactory.getLogger(ReceivedSnapshot.class);
  private static final String SUFFIX = ".incoming";

  private final Path directory;
  private final DiskReserve reserve;

  /**
   * Those that came whole and wait for the core's decision, which discards all but one: while that
   * waits for the journal, another one may come, or the same again from another leader.
   */
  private final Map<LogPosition, Whole> whole = new HashMap<>();

  private record Whole(LogPosition position, KeySpace tree, Path path) {}

  ReceivedSnapshot(Path directory, DiskReserve reserve) {
    this.directory = directory;
    this.reserve = reserve;
  }

  synchronized Incoming open(SnapshotOffer offer) throws IOException {
    DurableFiles.createDirectories(directory);
    Path path = directory.resolve(nameOf(offer));
    deleteOthers(path);
    FileChannel channel = DurableFiles.open(path);
    try {
      if (channel.size() > offer.sizeBytes()) {
        channel.truncate(0);
      }
      long length = channel.size();
      requireSpace(offer.sizeBytes() - length);
      channel.position(length);
      return new Arriving(offer, path, channel, length);
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
  }

  private static String nameOf(SnapshotOffer offer) {
    return String.format(
        "%016x-%016x-%016x-%08x%s",
        offer.meta().position().index(),
        offer.meta().position().term(),
        offer.sizeBytes(),
        offer.crc32c(),
        SUFFIX);
  }

  private void deleteOthers(Path kept) throws IOException {
    for (Path file : DurableFiles.list(directory)) {
      if (file.getFileName().toString().endsWith(SUFFIX) && !file.equals(kept)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** It is written twice: as it comes, and as a snapshot of this member when it is installed. */
  private void requireSpace(long bytes) throws IOException {
    if (!reserve.fits(2 * bytes + reserve.reserveBytes())) {
      throw new IOException("no space for a snapshot of " + bytes + " bytes from another member");
    }
  }

  synchronized KeySpace load(SnapshotMeta meta) throws IOException {
    Whole received = whole.get(meta.position());
    if (received == null) {
      throw new IOException("no snapshot " + meta.position() + " has come");
    }
    return received.tree();
  }

  /** Frees the trees. The files stay: what came whole need not be sent again. */
  synchronized void forget() {
    whole.clear();
  }

  synchronized void discard(SnapshotMeta meta) throws IOException {
    Whole over = whole.remove(meta.position());
    if (over != null) {
      Files.deleteIfExists(over.path());
    }
  }

  /** Reads what has come; empty if it is not what was offered. */
  private static Optional<KeySpace> check(SnapshotOffer offer, Path path) throws IOException {
    var tree = new TreeCodec.Reader();
    try {
      SnapshotFile.Sent sent = SnapshotReader.readSent(path, tree::accept);
      boolean asOffered =
          sent.equals(new SnapshotFile.Sent(offer.meta(), offer.sizeBytes(), offer.crc32c()));
      return asOffered ? Optional.of(tree.finish()) : Optional.empty();
    } catch (DamagedData damaged) {
      LOG.atWarn()
          .addKeyValue("snapshot", offer.meta().position())
          .addKeyValue("reason", damaged.finding())
          .log("a snapshot from another member is damaged");
      return Optional.empty();
    } catch (MalformedData malformed) {
      LOG.atWarn()
          .addKeyValue("snapshot", offer.meta().position())
          .addKeyValue("reason", malformed.getMessage())
          .log("the tree of a snapshot from another member can't be read");
      return Optional.empty();
    }
  }

  private synchronized void arrived(Whole received) {
    whole.put(received.position(), received);
  }

  private final class Arriving implements Incoming {
    private final SnapshotOffer offer;
    private final Path path;
    private final FileChannel channel;
    private long length;

    private Arriving(SnapshotOffer offer, Path path, FileChannel channel, long length) {
      this.offer = offer;
      this.path = path;
      this.channel = channel;
      this.length = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void append(Bytes chunk) throws IOException {
      DurableFiles.writeFully(channel, chunk.asBuffer());
      length += chunk.length();
    }

    @Override
    public boolean finish() throws IOException {
      channel.force(true);
      channel.close();
      Optional<KeySpace> tree = check(offer, path);
      if (tree.isEmpty()) {
        Files.deleteIfExists(path);
        return false;
      }
      arrived(new Whole(offer.meta().position(), tree.get(), path));
      return true;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
