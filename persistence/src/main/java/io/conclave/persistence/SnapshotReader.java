package io.conclave.persistence;

import static java.nio.file.StandardOpenOption.READ;

import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.SnapshotMeta;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Reads one snapshot file from front to back, holding one piece of it in memory. */
final class SnapshotReader {
  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(SnapshotFrames.CONTENT_BYTES_MAX);
  private final CRC32C transferred = new CRC32C();
  private SnapshotFrames.Frame frame;
  private long ordinal;

  private SnapshotReader(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static SnapshotFile read(Path path, Consumer<Bytes> tree) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      return new SnapshotReader(path, channel).read(tree);
    } catch (MalformedData | BufferUnderflowException e) {
      throw damage(path, "it has parts that can't be read, " + e.getMessage());
    }
  }

  /** Reads a file that holds nothing but the part that can be sent. */
  static SnapshotFile.Sent readSent(Path path, Consumer<Bytes> tree) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      var reader = new SnapshotReader(path, channel);
      SnapshotFile.Sent sent = reader.readSent(tree);
      reader.check(channel.position() == channel.size(), "bytes follow the tree");
      return sent;
    } catch (MalformedData | BufferUnderflowException e) {
      throw damage(path, "it has parts that can't be read, " + e.getMessage());
    }
  }

  private SnapshotFile.Sent readSent(Consumer<Bytes> tree) throws IOException {
    long begin = channel.position();
    next(SnapshotFrames.META);
    SnapshotMeta meta = EntryCodec.decodeSnapshotMeta(Bytes.copyOf(frame.content()));
    readTree(tree);
    long length = channel.position() - begin;
    return new SnapshotFile.Sent(meta, length, (int) transferred.getValue());
  }

  private SnapshotFile read(Consumer<Bytes> tree) throws IOException {
    ByteBuffer magic = ByteBuffer.allocate(SnapshotFile.magic().remaining());
    SnapshotFrames.readFully(channel, magic);
    check(magic.equals(SnapshotFile.magic()), "this version can't read it");
    long begin = channel.position();
    SnapshotFile.Sent sent = readSent(tree);
    long length = sent.length();
    int crc = sent.crc();
    next(SnapshotFrames.OWNER);
    SnapshotOwner owner = owner(frame.content());
    next(SnapshotFrames.MANIFEST);
    ByteBuffer manifest = frame.content();
    boolean named =
        manifest.getLong() == begin && manifest.getLong() == length && manifest.getInt() == crc;
    check(named, "the manifest names another content");
    check(channel.position() == channel.size(), "bytes follow the manifest");
    return new SnapshotFile(path, sent.meta(), owner, begin, length, crc);
  }

  private void readTree(Consumer<Bytes> tree) throws IOException {
    long bytes = 0;
    next();
    while (frame.kind() == SnapshotFrames.TREE) {
      bytes += frame.content().remaining();
      tree.accept(Bytes.copyOf(frame.content()));
      next();
    }
    expect(SnapshotFrames.TREE_END);
    long pieces = ordinal - 1;
    ByteBuffer end = frame.content();
    check(end.getLong() == pieces && end.getLong() == bytes, "chunks are missing");
  }

  private static SnapshotOwner owner(ByteBuffer content) {
    long cut = content.getLong();
    boolean installed = content.get() == 1;
    return new SnapshotOwner(cut, EntryCodec.decodeHardState(Bytes.copyOf(content)), installed);
  }

  private void next(byte kind) throws IOException {
    next();
    expect(kind);
  }

  private void next() throws IOException {
    frame = SnapshotFrames.read(channel, ordinal, buffer);
    transferred.update(SnapshotFrames.header(ordinal, frame.kind(), frame.content()));
    transferred.update(frame.content().duplicate());
    ordinal++;
  }

  private void expect(byte kind) throws DamagedData {
    check(frame.kind() == kind, "piece " + (ordinal - 1) + " is of kind " + frame.kind());
  }

  private void check(boolean holds, String finding) throws DamagedData {
    if (!holds) {
      throw damage(path, finding);
    }
  }

  private static DamagedData damage(Path path, String finding) {
    return new DamagedData("Snapshot " + path + " is damaged: " + finding + ".");
  }
}
