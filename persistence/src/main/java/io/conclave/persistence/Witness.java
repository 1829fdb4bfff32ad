package io.conclave.persistence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the witness note: gathers what it will say, and writes it one after the other on a thread
 * that may block. Called by one actor only.
 */
final class Witness {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

  private final Path file;
  private final Executor files;
  private final AtomicBoolean failing = new AtomicBoolean();
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private WitnessNote written = new WitnessNote(0, 0, 0);
  private long commit;
  private long clusterTime;

  Witness(Path file, Executor files) {
    this.file = file;
    this.files = files;
  }

  /** Raises what the next note says; lower values are ignored. */
  void note(long newCommit, long newClusterTime) {
    commit = Math.max(commit, newCommit);
    clusterTime = Math.max(clusterTime, newClusterTime);
  }

  /**
   * Writes a note if there is news and the last one is finished.
   *
   * @param durableSeq highest sequence number whose sync was confirmed
   * @param durableIndex highest index that is on disk: nothing above it is noted as committed
   */
  void write(long durableSeq, long durableIndex) {
    var note = new WitnessNote(durableSeq, Math.min(commit, durableIndex), clusterTime);
    if (!note.equals(written)) {
      written = note;
      writing = writing.thenRunAsync(() -> replace(note), files);
    }
  }

  /** Waits until the last note is written. */
  void close() {
    writing.join();
  }

  /** Of failures in a row only the first is told: on a full disk there is one each second. */
  private void replace(WitnessNote note) {
    try {
      note.write(file);
      failing.set(false);
    } catch (IOException e) {
      if (failing.compareAndSet(false, true)) {
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("the witness note can't be written; trying again with each new one");
      }
    }
  }
}
