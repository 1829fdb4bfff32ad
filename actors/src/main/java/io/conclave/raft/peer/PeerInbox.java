package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what an actor gets from outside: right cluster, believed boot, meant for this boot, not
 * seen before. What fails is dropped without an answer. Every receiving actor has its own; not
 * thread-safe.
 */
public final class PeerInbox {
  private final PeerDirectory directory;
  private final Map<MemberId, Seen> seen = new HashMap<>();
  private long dropped;

  private record Seen(Boot boot, DuplicateWindow window) {}

  public PeerInbox(PeerDirectory directory) {
    this.directory = directory;
  }

  /** Whether to act on it; true at most once for each message. */
  public boolean accept(PeerEnvelope envelope) {
    Origin origin = envelope.origin();
    Optional<PeerDirectory.Peer> peer =
        directory.peer(origin.member()).filter(believed -> believed.sent(origin));
    boolean accepted =
        peer.isPresent()
            && origin.clusterId() == directory.self().clusterId()
            && envelope.receiver().equals(directory.self().boot())
            && window(origin).admit(envelope.number());
    if (accepted) {
      peer.get().accept(origin);
    } else {
      dropped++;
    }
    return accepted;
  }

  /** Messages that were not accepted. */
  public long dropped() {
    return dropped;
  }

  /** Only called for believed boots, so there is at most one entry a peer. */
  private DuplicateWindow window(Origin origin) {
    Seen last = seen.get(origin.member());
    if (last == null || !last.boot().equals(origin.boot())) {
      last = new Seen(origin.boot(), new DuplicateWindow());
      seen.put(origin.member(), last);
    }
    return last.window();
  }
}
