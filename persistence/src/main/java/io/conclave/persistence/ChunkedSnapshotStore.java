package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;
import static scala.jdk.javaapi.FutureConverters.asScala;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;

/**
 * Pekko Persistence's snapshot store on files of our own. Saving takes a {@link SnapshotHandle} and
 * streams its tree; loading gives a {@link SnapshotFile}, from which the journal actor reads the
 * tree. Which files are kept is decided by {@link SnapshotDirectory} alone.
 */
public final class ChunkedSnapshotStore extends SnapshotStore {
  private final SnapshotDirectory directory;
  private final StorageStats stats = StorageStats.of(context().system());
  private final Executor files =
      context().system().dispatchers().lookup("conclave.persistence.files-dispatcher");

  public ChunkedSnapshotStore() {
    var settings = PersistenceSettings.from(context().system().settings().config());
    this.directory = new SnapshotDirectory(settings.snapshotDirectory(), settings.maxSnapshots());
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return onFiles(
        () -> {
          Optional<SnapshotFile> file = directory.load(criteria.maxSequenceNr());
          return file.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  SelectedSnapshot.create(metadata(persistenceId, file.get()), file.get()));
        });
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    return onFiles(
        () -> {
          require(snapshot instanceof SnapshotHandle, "can't save a %s", snapshot.getClass());
          SnapshotHandle handle = (SnapshotHandle) snapshot;
          long cut = handle.owner().cut();
          require(cut == metadata.sequenceNr(), "%d saved as %d", cut, metadata.sequenceNr());
          long begunNanos = System.nanoTime();
          directory.save(handle);
          stats.snapshotSaved(System.nanoTime() - begunNanos);
          return null;
        });
  }

  /**
   * Called after a failed save: what it left is a temporary file. Finished ones of the same
   * sequence number are other snapshots, and good.
   */
  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return onFiles(
        () -> {
          directory.deleteTemporary();
          return null;
        });
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return asScala(
        CompletableFuture.failedFuture(
            new UnsupportedOperationException("the store itself drops old snapshots")));
  }

  private static SnapshotMetadata metadata(String persistenceId, SnapshotFile file)
      throws IOException {
    long written = Files.getLastModifiedTime(file.path()).toMillis();
    return SnapshotMetadata.apply(persistenceId, file.owner().cut(), written);
  }

  private <T> Future<T> onFiles(FileWork<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    files.execute(
        () -> {
          try {
            done.complete(work.run());
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return asScala(done);
  }

  private interface FileWork<T> {
    T run() throws IOException;
  }
}
