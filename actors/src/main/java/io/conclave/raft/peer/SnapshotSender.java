package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.peer.PeerMessage.Chunk;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import java.io.IOException;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every {@link FetchChunk} from the finished file and remembers nothing, so any member that
 * holds a snapshot can serve it, and a transfer goes on wherever it stopped. Runs at {@link
 * PeerLane#SNAPSHOT_SENDER} on a dispatcher that may block.
 */
public final class SnapshotSender extends AbstractMatchingBehavior<SnapshotSender.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  private final PeerInbox inbox;
  private final PeerDirectory directory;
  private final SnapshotSource source;
  private final ActorRef<Fetched> listener;

  /** What it accepts: {@link PeerEnvelope} only. */
  public sealed interface Command permits PeerEnvelope {}

  /** The peer is fetching; a transfer lives as long as these come. */
  public record Fetched(MemberId peer, LogPosition snapshot, long offset) {}

  public static Behavior<Command> create(
      PeerDirectory directory, SnapshotSource source, ActorRef<Fetched> listener) {
    return Behaviors.setup(context -> new SnapshotSender(context, directory, source, listener));
  }

  private SnapshotSender(
      ActorContext<Command> context,
      PeerDirectory directory,
      SnapshotSource source,
      ActorRef<Fetched> listener) {
    super(context);
    this.inbox = new PeerInbox(directory);
    this.directory = directory;
    this.source = source;
    this.listener = listener;
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case PeerEnvelope envelope -> onEnvelope(envelope);
    };
  }

  private Behavior<Command> onEnvelope(PeerEnvelope envelope) {
    if (envelope.message() instanceof FetchChunk fetch && inbox.accept(envelope)) {
      MemberId peer = envelope.origin().member();
      listener.tell(new Fetched(peer, fetch.snapshot(), fetch.offset()));
      directory.peer(peer).ifPresent(known -> answer(known.link(), fetch));
    }
    return this;
  }

  private void answer(PeerLink link, FetchChunk fetch) {
    Optional<Bytes> bytes = read(fetch);
    if (bytes.isPresent()) {
      link.send(
          PeerLane.SNAPSHOT_RECEIVER, new Chunk(fetch.snapshot(), fetch.offset(), bytes.get()));
    } else {
      link.send(PeerLane.SNAPSHOT_RECEIVER, new SnapshotGone(fetch.snapshot()));
    }
  }

  private Optional<Bytes> read(FetchChunk fetch) {
    try {
      return source.read(fetch.snapshot(), fetch.offset(), SnapshotTransferState.CHUNK_BYTES);
    } catch (IOException unreadable) {
      LOG.atError()
          .addKeyValue("snapshot", fetch.snapshot())
          .setCause(unreadable)
          .log("can't read a snapshot for a peer");
      return Optional.empty();
    }
  }
}
