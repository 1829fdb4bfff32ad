package io.conclave.keyspace;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceRestore;
import io.conclave.keyspace.tree.StoredHeader;
import io.conclave.keyspace.tree.StoredNode;
import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Streams a whole {@link KeySpace} out as bytes and back in, with no more than a block of it
 * encoded at a time.
 *
 * <p>The stream is a row of blocks: four bytes of length, then records, each a byte of kind and its
 * parts. The first is a header that begins with the format version; nodes follow depth first, then
 * the history, oldest event first, then an end that counts both. Kinds are never renumbered, only
 * added. There is no checksum: files and transfers have their own.
 *
 * <p>What can't be read, or contradicts itself, throws {@link MalformedData}.
 */
public final class TreeCodec {
  /** The format that is written. */
  public static final int VERSION = 1;

  /** A block is closed when it has so many bytes; it is longer only by its last record. */
  static final int BLOCK_BYTES = 128 << 10;

  /** Most bytes of one block; a value may make it long. */
  static final int BLOCK_BYTES_MAX = 1 << 28;

  private static final int HEADER = 1;
  private static final int FILE = 2;
  private static final int DIRECTORY = 3;
  private static final int EVENT = 4;
  private static final int SILENT_EVENT = 5;
  private static final int END = 6;

  private static final int LENGTH_BYTES = 4;

  private TreeCodec() {}

  /**
   * Writes {@code tree} in the calling thread, while others may go on changing it.
   *
   * @param chunks is given each block, of {@value #BLOCK_BYTES} bytes or a little more; what it
   *     throws ends the writing
   */
  public static void write(KeySpace tree, Consumer<Bytes> chunks) {
    Blocks blocks = new Blocks(chunks);
    blocks.records.writeByte(HEADER).writeByte(VERSION);
    StoredParts.write(blocks.records, tree.storedHeader());
    long nodes = 0;
    for (Iterator<StoredNode> all = tree.storedNodes(); all.hasNext(); nodes++) {
      StoredNode node = all.next();
      blocks.records.writeByte(node.directory() ? DIRECTORY : FILE);
      StoredParts.write(blocks.records, node);
      blocks.closeIfFull();
    }
    long newest = tree.history().newestIndex();
    for (long index = tree.history().oldestIndex(); index <= newest; index++) {
      Optional<KeyEvent> event = tree.history().eventAt(index);
      blocks.records.writeByte(event.isPresent() ? EVENT : SILENT_EVENT);
      event.ifPresent(visible -> StoredParts.write(blocks.records, visible));
      blocks.closeIfFull();
    }
    blocks.records.writeByte(END).writeVarint(nodes).writeVarint(tree.history().size());
    blocks.close();
  }

  /** Collects records until a block is full. */
  private static final class Blocks {
    private final Consumer<Bytes> chunks;
    private BinaryWriter records = next();

    private Blocks(Consumer<Bytes> chunks) {
      this.chunks = chunks;
    }

    private void closeIfFull() {
      if (records.length() >= BLOCK_BYTES) {
        close();
      }
    }

    private void close() {
      Bytes block = records.finish();
      require(block.length() <= BLOCK_BYTES_MAX, "block of %d bytes", block.length());
      ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + block.length());
      framed.putInt(block.length());
      block.writeTo(framed);
      chunks.accept(Bytes.adopt(framed.array()));
      records = next();
    }

    private static BinaryWriter next() {
      return new BinaryWriter(BLOCK_BYTES + BLOCK_BYTES / 8);
    }
  }

  /** Reads a stream back; the chunks may be cut anywhere. Used by one thread. */
  public static final class Reader {
    private byte[] filling = new byte[LENGTH_BYTES];
    private int filled;

    /** Bytes of the block that is being filled; 0 while its length is. */
    private int blockLength;

    private boolean ended;
    private KeySpaceRestore restore;
    private long nodes;
    private long index;
    private long events;

    /** The next bytes of the stream. */
    public void accept(Bytes chunk) {
      byte[] from = chunk.unsafeArray();
      int at = 0;
      while (at < from.length) {
        if (ended) {
          throw new MalformedData("bytes behind the end of a tree");
        }
        int wanted = blockLength == 0 ? LENGTH_BYTES : blockLength;
        int part = Math.min(wanted - filled, from.length - at);
        makeRoom(filled + part, wanted);
        System.arraycopy(from, at, filling, filled, part);
        filled += part;
        at += part;
        if (filled == wanted) {
          onFilled();
        }
      }
    }

    /** The whole key space; throws {@link MalformedData} if the stream ended too early. */
    public KeySpace finish() {
      if (!ended) {
        throw new MalformedData("a tree without its end");
      }
      try {
        return restore.finish();
      } catch (IllegalStateException contradiction) {
        throw new MalformedData(contradiction.getMessage());
      }
    }

    /** Grows with what has come, so that a damaged length allocates nothing. */
    private void makeRoom(int needed, int wanted) {
      if (needed > filling.length) {
        filling = Arrays.copyOf(filling, (int) Math.min(wanted, 2L * needed));
      }
    }

    private void onFilled() {
      Bytes complete =
          Bytes.adopt(filling.length == filled ? filling : Arrays.copyOf(filling, filled));
      filling = new byte[LENGTH_BYTES];
      filled = 0;
      if (blockLength == 0) {
        blockLength = complete.asBuffer().getInt();
        if (blockLength < 1 || blockLength > BLOCK_BYTES_MAX) {
          throw new MalformedData("a block of " + Integer.toUnsignedString(blockLength) + " bytes");
        }
      } else {
        blockLength = 0;
        try {
          readBlock(new BinaryReader(complete));
        } catch (IllegalStateException contradiction) {
          throw new MalformedData(contradiction.getMessage());
        }
      }
    }

    private void readBlock(BinaryReader in) {
      while (in.remaining() > 0 && !ended) {
        int kind = in.readByte();
        if ((kind == HEADER) == (restore != null)) {
          throw new MalformedData("a header that is missing or out of place");
        }
        switch (kind) {
          case HEADER -> readHeader(in);
          case FILE -> readNode(in, false);
          case DIRECTORY -> readNode(in, true);
          case EVENT -> readEvent(Optional.of(StoredParts.readEvent(in, index + events)));
          case SILENT_EVENT -> readEvent(Optional.empty());
          case END -> readEnd(in);
          default -> throw new MalformedData("unknown kind of record " + kind);
        }
      }
      in.requireEnd();
    }

    private void readHeader(BinaryReader in) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new MalformedData("tree of format " + version + ", this is format " + VERSION);
      }
      StoredHeader header = StoredParts.readHeader(in);
      restore = new KeySpaceRestore(header);
      index = header.index() - header.historySize() + 1;
    }

    private void readNode(BinaryReader in, boolean directory) {
      restore.node(StoredParts.readNode(in, directory));
      nodes++;
    }

    private void readEvent(Optional<KeyEvent> event) {
      restore.event(event);
      events++;
    }

    private void readEnd(BinaryReader in) {
      if (in.readVarint() != nodes || in.readVarint() != events) {
        throw new MalformedData("a tree with parts missing");
      }
      ended = true;
    }
  }
}
