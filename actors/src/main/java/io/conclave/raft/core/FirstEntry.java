package io.conclave.raft.core;

import io.conclave.raft.core.LogEntry.Payload;
import java.util.Collection;
import java.util.List;

/**
 * The entry at 1/1 that every initial member writes before it starts, the same on all: who the
 * members are. Its hash tells clusters apart that have equal URLs but different names.
 */
public final class FirstEntry {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private FirstEntry() {}

  /** What an initial member writes into its empty journal. */
  public static JournalEvent.Appended event(Collection<Membership.Member> initial) {
    LogEntry entry =
        new LogEntry(
            new LogPosition(1, 1),
            RequestId.NONE,
            Stamp.ZERO,
            new Payload.Bootstrap(Membership.of(initial)));
    return new JournalEvent.Appended(
        new HardState(1, MemberId.NONE, 1), LogPosition.ORIGIN, List.of(entry));
  }

  /** FNV-1a over ids, names and URLs, in the order of the ids; never 0. */
  public static long hash(Membership membership) {
    long hash = FNV_OFFSET;
    for (Membership.Member member : membership.members().values()) {
      hash = mix(hash, member.id().toString());
      hash = mix(hash, member.name());
      for (String url : member.peerUrls()) {
        hash = mix(hash, url);
      }
      hash = mix(hash, member.learner() ? "learner" : "voter");
    }
    return hash == 0 ? 1 : hash;
  }

  private static long mix(long hash, String text) {
    Bytes bytes = Bytes.utf8(text);
    long mixed = hash;
    for (int i = 0; i < bytes.length(); i++) {
      mixed = (mixed ^ (bytes.at(i) & 0xff)) * FNV_PRIME;
    }
    return (mixed ^ 0xff) * FNV_PRIME; // no UTF-8 text holds this byte, so parts can't run together
  }
}
