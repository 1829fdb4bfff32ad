package io.conclave.persistence;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Snapshots for tests whose trees are random bytes. */
final class SnapshotFixture {
  private SnapshotFixture() {}

  static SnapshotMeta meta(long index) {
    var member =
        new Membership.Member(
            new MemberId(7), "a", List.of("http://localhost:2380", "http://localhost:7001"), false);
    return new SnapshotMeta(
        new LogPosition(3, index), Membership.of(List.of(member)), 99, new Stamp(1000, 5));
  }

  static SnapshotOwner owner(long cut, boolean installed) {
    return new SnapshotOwner(cut, new HardState(4, new MemberId(7), 12), installed);
  }

  static SnapshotHandle handle(long index, long cut, boolean installed, int treeBytes) {
    return new SnapshotHandle(
        meta(index),
        owner(cut, installed),
        pieces -> {
          Random random = new Random(index);
          int left = treeBytes;
          while (left > 0) {
            byte[] piece = new byte[Math.min(left, 1 + random.nextInt(300_000))];
            random.nextBytes(piece);
            pieces.accept(Bytes.adopt(piece));
            left -= piece.length;
          }
        });
  }

  static Bytes tree(SnapshotHandle handle) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handle.tree().writeTo(piece -> out.writeBytes(piece.unsafeArray()));
    return Bytes.adopt(out.toByteArray());
  }

  static Bytes tree(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFile.read(file, piece -> out.writeBytes(piece.unsafeArray()));
    return Bytes.adopt(out.toByteArray());
  }
}
