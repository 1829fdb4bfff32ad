package io.conclave.raft;

import io.conclave.keyspace.TreeCodec;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Snapshot files in memory, and the one that comes from another member. */
final class MemorySnapshots implements SnapshotFiles {
  private final Map<LogPosition, File> saved = new HashMap<>();
  private SnapshotOffer offer;
  private ByteArrayOutputStream incoming = new ByteArrayOutputStream();
  private int opened;
  private int chunksLeft = Integer.MAX_VALUE;
  private int failures;
  private long continuedAt;

  private record File(SnapshotMeta meta, Bytes content) {
    private int crc() {
      return MemorySnapshots.crc(content);
    }
  }

  synchronized void saved(SnapshotMeta meta, KeySpace tree) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TreeCodec.write(tree, chunk -> out.writeBytes(chunk.toArray()));
    saved.put(meta.position(), new File(meta, Bytes.adopt(out.toByteArray())));
  }

  /** After so many more chunks, one write fails. */
  synchronized void failAfter(int chunks) {
    chunksLeft = chunks;
  }

  synchronized int failures() {
    return failures;
  }

  /** Where in its file the last transfer began. */
  synchronized long continuedAt() {
    return continuedAt;
  }

  /** How often a transfer was begun or gone on with. */
  synchronized int opened() {
    return opened;
  }

  @Override
  public synchronized Optional<SnapshotOffer> offer(SnapshotMeta meta) {
    return Optional.ofNullable(saved.get(meta.position()))
        .map(file -> new SnapshotOffer(file.meta(), file.content().length(), file.crc()));
  }

  @Override
  public synchronized Optional<Bytes> read(LogPosition snapshot, long offset, int length) {
    return Optional.ofNullable(saved.get(snapshot))
        .map(File::content)
        .filter(all -> offset < all.length())
        .map(all -> all.slice((int) offset, (int) Math.min(all.length(), offset + length)));
  }

  @Override
  public synchronized Incoming open(SnapshotOffer next) {
    if (!next.equals(offer)) {
      offer = next;
      incoming = new ByteArrayOutputStream();
    }
    opened++;
    continuedAt = incoming.size();
    return new Receiving();
  }

  @Override
  public synchronized KeySpace load(SnapshotMeta received) throws IOException {
    if (offer == null || !offer.meta().equals(received)) {
      throw new IOException("no snapshot " + received.position());
    }
    TreeCodec.Reader reader = new TreeCodec.Reader();
    reader.accept(Bytes.adopt(incoming.toByteArray()));
    return reader.finish();
  }

  @Override
  public synchronized void discard(SnapshotMeta received) {
    if (offer != null && offer.meta().equals(received)) {
      offer = null;
    }
  }

  private static int crc(Bytes content) {
    CRC32C crc = new CRC32C();
    crc.update(content.asBuffer());
    return (int) crc.getValue();
  }

  private final class Receiving implements Incoming {
    @Override
    public long length() {
      synchronized (MemorySnapshots.this) {
        return incoming.size();
      }
    }

    @Override
    public void append(Bytes chunk) throws IOException {
      synchronized (MemorySnapshots.this) {
        if (chunksLeft-- == 0) {
          failures++;
          throw new IOException("the disk fails once");
        }
        incoming.writeBytes(chunk.toArray());
      }
    }

    @Override
    public boolean finish() throws IOException {
      synchronized (MemorySnapshots.this) {
        Bytes content = Bytes.adopt(incoming.toByteArray());
        try {
          load(offer.meta());
        } catch (MalformedData damaged) {
          return false;
        }
        return crc(content) == offer.crc32c();
      }
    }

    @Override
    public void close() {}
  }
}
