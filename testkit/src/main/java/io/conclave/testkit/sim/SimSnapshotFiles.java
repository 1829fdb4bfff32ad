package io.conclave.testkit.sim;

import io.conclave.keyspace.TreeCodec;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.persistence.SnapshotOwner;
import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.JournalDamage;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.SnapshotSource;
import io.conclave.raft.peer.SnapshotTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * The snapshot files of a data dir, and the one that is arriving from another member. A file has a
 * part that is sent to others, and one that concerns only its owner.
 */
final class SimSnapshotFiles implements SnapshotSource, SnapshotTarget {
  /**
   * A finished file.
   *
   * @param part what can be sent: meta data and tree
   */
  record File(SnapshotMeta meta, Bytes part, SnapshotOwner owner, boolean damaged) {
    int crc32c() {
      return crc(part);
    }

    KeySpace tree() {
      return decode(part);
    }
  }

  private static final class Arriving {
    private final SnapshotOffer offer;
    private Bytes bytes = Bytes.EMPTY;

    private Arriving(SnapshotOffer offer) {
      this.offer = offer;
    }
  }

  private final int kept;
  private final Tally tally;

  /** Oldest first. */
  private final List<File> files = new ArrayList<>();

  /** Read back in the present life, so that an older one can be let go of. */
  private final List<File> verified = new ArrayList<>();

  private Optional<Arriving> arriving = Optional.empty();

  /** Complete and checked, not installed yet. */
  private final Map<LogPosition, KeySpace> arrived = new HashMap<>();

  /**
   * @param kept verified files, at least 2
   */
  SimSnapshotFiles(int kept, Tally tally) {
    this.kept = kept;
    this.tally = tally;
  }

  SimSnapshotFiles copy() {
    SimSnapshotFiles copy = new SimSnapshotFiles(kept, tally);
    copy.files.addAll(files);
    return copy;
  }

  static Bytes encode(SnapshotMeta meta, KeySpace tree) {
    BinaryWriter out = new BinaryWriter(256);
    out.writeBytes(EntryCodec.encode(meta));
    List<Bytes> chunks = new ArrayList<>();
    TreeCodec.write(tree, chunks::add);
    out.writeVarint(chunks.size());
    chunks.forEach(out::writeBytes);
    return out.finish();
  }

  private static KeySpace decode(Bytes part) {
    BinaryReader in = new BinaryReader(part);
    EntryCodec.decodeSnapshotMeta(in.readBytes());
    var reader = new TreeCodec.Reader();
    for (long chunks = in.readVarint(); chunks > 0; chunks--) {
      reader.accept(in.readBytes());
    }
    in.requireEnd();
    return reader.finish();
  }

  private static int crc(Bytes bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asBuffer());
    return (int) crc.getValue();
  }

  /** A process starts: nothing is verified, and what arrived without being installed is gone. */
  void begin() {
    verified.clear();
    arrived.clear();
  }

  void crash(RandomGenerator random) {
    arriving.ifPresent(
        a -> a.bytes = a.bytes.slice(0, (int) random.nextLong(a.bytes.length() + 1L)));
  }

  /**
   * The newest file that verifies.
   *
   * @throws JournalDamage if a damaged one came from another member
   */
  Optional<File> load() {
    for (File file : files.reversed()) {
      if (!file.damaged()) {
        verified.add(file);
        return Optional.of(file);
      }
      if (file.owner().installed()) {
        throw new JournalDamage("snapshot %s was installed and is damaged", file.meta().position());
      }
      tally.count(Happening.RECOVERED_OLDER_SNAPSHOT);
    }
    return Optional.empty();
  }

  void save(SnapshotMeta meta, Bytes part, SnapshotOwner owner) {
    File file = new File(meta, part, owner, false);
    files.add(file);
    verified.add(file);
    if (verified.size() >= kept) {
      long oldestKept = verified.get(verified.size() - kept).meta().position().index();
      files.removeIf(old -> old.meta().position().index() < oldestKept);
      verified.removeIf(old -> old.meta().position().index() < oldestKept);
    }
  }

  /** Flips a bit of the newest file; false if no older one could stand in for it. */
  boolean damageNewest() {
    if (files.size() < 2 || files.getLast().owner().installed() || files.getLast().damaged()) {
      return false;
    }
    File newest = files.removeLast();
    files.add(new File(newest.meta(), newest.part(), newest.owner(), true));
    return true;
  }

  Optional<File> find(SnapshotMeta meta) {
    return files.stream().filter(file -> file.meta().equals(meta)).findFirst();
  }

  Optional<File> newest() {
    return files.isEmpty() ? Optional.empty() : Optional.of(files.getLast());
  }

  @Override
  public Optional<Bytes> read(LogPosition snapshot, long offset, int length) {
    return files.reversed().stream()
        .filter(file -> file.meta().position().equals(snapshot))
        .findFirst()
        .map(File::part)
        .filter(part -> offset < part.length())
        .map(part -> part.slice((int) offset, (int) Math.min(part.length(), offset + length)));
  }

  @Override
  public Incoming open(SnapshotOffer offer) {
    boolean goesOn = arriving.filter(a -> a.offer.equals(offer)).isPresent();
    if (goesOn && arriving.get().bytes.length() > 0) {
      tally.count(Happening.SNAPSHOT_RESUMED);
    }
    Arriving file = goesOn ? arriving.get() : new Arriving(offer);
    arriving = Optional.of(file);
    return new Incoming() {
      @Override
      public long length() {
        return file.bytes.length();
      }

      @Override
      public void append(Bytes chunk) {
        file.bytes = file.bytes.concat(chunk);
      }

      @Override
      public boolean finish() {
        return finished(file);
      }

      @Override
      public void close() {}
    };
  }

  private boolean finished(Arriving file) {
    arriving = Optional.empty();
    if (file.bytes.length() != file.offer.sizeBytes() || crc(file.bytes) != file.offer.crc32c()) {
      return false;
    }
    arrived.put(file.offer.meta().position(), decode(file.bytes));
    return true;
  }

  /** The tree of one that is about to be installed. */
  KeySpace takeArrived(SnapshotMeta meta) {
    KeySpace tree = arrived.remove(meta.position());
    SafetyChecker.check(tree != null, "there is no file of %s to install", meta.position());
    return tree;
  }

  void dropArrived(SnapshotMeta meta) {
    arrived.remove(meta.position());
  }
}
