package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and deletes snapshot files for the member, which must not wait for a disk. */
final class SnapshotExchange {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotExchange.class);

  private final MemberId self;
  private final SnapshotFiles files;
  private final Executor blocking;
  private final Consumer<Result> results;

  /** What became of a request; told to the member. */
  sealed interface Result {}

  /**
   * @param offer empty if the snapshot can't be sent
   */
  record Offered(MemberId peer, Optional<SnapshotOffer> offer) implements Result {}

  /**
   * The received snapshot's tree.
   *
   * @param hardState that goes to the disk with it
   */
  record Loaded(SnapshotMeta meta, HardState hardState, KeySpace tree) implements Result {}

  /** The received snapshot can't be read any more. */
  record NotLoaded(SnapshotMeta meta, Throwable cause) implements Result {}

  /**
   * @param blocking runs what waits for the disk
   * @param results may be called on any thread
   */
  SnapshotExchange(
      MemberId self, SnapshotFiles files, Executor blocking, Consumer<Result> results) {
    this.self = self;
    this.files = files;
    this.blocking = blocking;
    this.results = results;
  }

  /** Looks for the file; told by {@link Offered}. */
  void offer(MemberId peer, SnapshotMeta meta) {
    onFiles(() -> files.offer(meta))
        .whenComplete(
            (offer, failure) -> {
              if (failure != null) {
                warn(meta, failure, "a snapshot can't be offered");
              }
              results.accept(new Offered(peer, failure == null ? offer : Optional.empty()));
            });
  }

  /** Reads the tree; told by {@link Loaded} or {@link NotLoaded}. */
  void load(SnapshotMeta meta, HardState hardState) {
    onFiles(() -> files.load(meta))
        .whenComplete(
            (tree, failure) ->
                results.accept(
                    failure == null
                        ? new Loaded(meta, hardState, tree)
                        : new NotLoaded(meta, failure)));
  }

  /** The received file is of no use any more. */
  void discard(SnapshotMeta meta) {
    onFiles(
            () -> {
              files.discard(meta);
              return meta;
            })
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                warn(meta, failure, "a received snapshot can't be deleted");
              }
            });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> CompletableFuture<T> onFiles(Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (IOException failed) {
            throw new CompletionException(failed);
          }
        },
        blocking);
  }

  private void warn(SnapshotMeta meta, Throwable failure, String text) {
    LOG.atWarn()
        .addKeyValue("member", self)
        .addKeyValue("snapshot", meta.position())
        .setCause(failure)
        .log(text);
  }
}
