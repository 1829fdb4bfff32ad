package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;
import static scala.jdk.javaapi.FutureConverters.asScala;

import io.conclave.persistence.LeveldbSegment.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.japi.pf.ReceiveBuilder;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Pekko Persistence's journal on segments of LevelDB, for one persistent actor whose events are
 * byte arrays. A write is one synced batch, done on the plugin's own thread; it succeeds as a whole
 * or fails, and is never rejected, which would leave a hole. After a failure nothing is written any
 * more: the process has to end. A write for which there is no room is not begun: it waits until
 * there is, and nothing else waits for it.
 */
@SuppressWarnings("this-escape") // open for a test only; context() is what any actor may use
public class SegmentedLeveldbJournal extends AsyncWriteJournal {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLeveldbJournal.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private enum Tick {
    SEAL,
    RETRY
  }

  private final Executor background =
      context().system().dispatchers().lookup("conclave.persistence.segments-dispatcher");
  private final StorageStats stats = StorageStats.of(context().system());
  private Duration sealAfter;
  private SegmentedLog log;
  private IOException unusable;
  private long lastAppendNanos;
  private boolean sealScheduled;
  private Optional<WaitingWrite> waiting = Optional.empty();
  private boolean retryScheduled;

  /** Opens the files. What goes wrong is told with each request: throwing here would hang them. */
  @Override
  public void preStart() {
    try {
      var settings = PersistenceSettings.from(context().system().settings().config());
      sealAfter = settings.sealAfter();
      DurableFiles.createDirectories(settings.journalDirectory());
      log = SegmentedLog.open(settings, background, reserve(settings));
    } catch (IOException e) {
      unusable = e;
    } catch (RuntimeException e) {
      unusable = new IOException(e.toString(), e);
    }
  }

  /** The free space that is asked for before each write. */
  DiskReserve reserve(PersistenceSettings settings) throws IOException {
    return DiskReserve.of(settings.journalDirectory(), settings.diskReserveBytes());
  }

  @Override
  public void postStop() {
    if (log == null) {
      return;
    }
    try {
      log.close();
    } catch (IOException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("journal did not close cleanly");
    }
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receivePluginInternal() {
    return ReceiveBuilder.create()
        .matchEquals(Tick.SEAL, tick -> onSealTick())
        .matchEquals(Tick.RETRY, tick -> onRetryTick())
        .build()
        .onMessage();
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    WaitingWrite write;
    try {
      require(waiting.isEmpty(), "a second write while one waits for room");
      write = WaitingWrite.of(events(messages));
    } catch (RuntimeException e) {
      fail(e);
      return asScala(CompletableFuture.failedFuture(e));
    }
    if (!attempt(write)) {
      LOG.atWarn()
          .addKeyValue("bytes", write.bytes())
          .log("the disk is full: the journal waits for room");
      await(write);
    }
    return asScala(write.done());
  }

  /** Whether it is over, well or not; otherwise it has to wait. */
  private boolean attempt(WaitingWrite write) {
    try {
      append(write);
    } catch (NoSpace full) {
      return false;
    } catch (IOException | RuntimeException e) {
      fail(e);
      write.done().completeExceptionally(e);
      return true;
    }
    lastAppendNanos = System.nanoTime();
    scheduleSeal(sealAfter);
    write.done().complete(List.of());
    return true;
  }

  private void await(WaitingWrite write) {
    waiting = Optional.of(write);
    if (!retryScheduled) {
      retryScheduled = true;
      schedule(RETRY_AFTER, Tick.RETRY);
    }
  }

  private void onRetryTick() {
    retryScheduled = false;
    if (waiting.isEmpty()) {
      return;
    }
    WaitingWrite write = waiting.get();
    waiting = Optional.empty();
    if (attempt(write)) {
      LOG.info("the journal goes on");
    } else {
      await(write);
    }
  }

  /** Who recovers has not heard of a write that waits, so it must never be done. */
  private void forgetWaiting() {
    waiting.ifPresent(
        write -> write.done().completeExceptionally(new IOException("its writer is gone")));
    waiting = Optional.empty();
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    forgetWaiting();
    try {
      long last = usable().last();
      requireOurs(persistenceId);
      if (last < fromSequenceNr) {
        throw new DamagedData(
            "The journal is damaged: it ends at event "
                + last
                + ", but a snapshot covers events up to "
                + fromSequenceNr
                + ".");
      }
      return asScala(CompletableFuture.completedFuture(last));
    } catch (IOException | RuntimeException e) {
      return asScala(CompletableFuture.failedFuture(e));
    }
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replayCallback) {
    try {
      requireOurs(persistenceId);
      return asScala(
          usable()
              .replay(
                  fromSequenceNr,
                  toSequenceNr,
                  max,
                  (sequenceNr, payload) ->
                      replayCallback.accept(repr(persistenceId, sequenceNr, payload))));
    } catch (IOException | RuntimeException e) {
      return asScala(CompletableFuture.failedFuture(e));
    }
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    try {
      requireOurs(persistenceId);
      return asScala(usable().dropUpTo(toSequenceNr));
    } catch (IOException | RuntimeException e) {
      return asScala(CompletableFuture.failedFuture(e));
    }
  }

  private void append(WaitingWrite write) throws IOException {
    long begunNanos = System.nanoTime();
    usable().append(write.events());
    stats.appended(write.bytes(), System.nanoTime() - begunNanos);
  }

  private SegmentedLog usable() throws IOException {
    if (unusable != null) {
      throw unusable;
    }
    return log;
  }

  private void fail(Exception cause) {
    if (unusable == null) {
      unusable = new IOException("The journal failed before: " + cause.getMessage(), cause);
    }
  }

  private void onSealTick() {
    sealScheduled = false;
    Duration idle = Duration.ofNanos(System.nanoTime() - lastAppendNanos);
    if (unusable != null) {
      return;
    }
    if (idle.compareTo(sealAfter) < 0) {
      scheduleSeal(sealAfter.minus(idle));
      return;
    }
    try {
      if (!log.seal()) {
        scheduleSeal(sealAfter);
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
      LOG.atError()
          .setCause(e)
          .log("journal failed while idle; the next write will end the process");
    }
  }

  private void scheduleSeal(Duration after) {
    if (!sealScheduled) {
      sealScheduled = true;
      schedule(after, Tick.SEAL);
    }
  }

  private void schedule(Duration after, Tick tick) {
    var scheduler = context().system().scheduler();
    scheduler.scheduleOnce(after, self(), tick, context().dispatcher(), ActorRef.noSender());
  }

  private static List<Event> events(Iterable<AtomicWrite> messages) {
    List<Event> events = new ArrayList<>();
    for (AtomicWrite write : messages) {
      requireOurs(write.persistenceId());
      for (PersistentRepr repr : CollectionConverters.asJava(write.payload())) {
        require(
            repr.payload() instanceof byte[],
            "an event of %s instead of bytes",
            repr.payload().getClass());
        events.add(new Event(repr.sequenceNr(), (byte[]) repr.payload()));
      }
    }
    return events;
  }

  private static PersistentRepr repr(String persistenceId, long sequenceNr, ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return PersistentRepr.apply(
        bytes,
        sequenceNr,
        persistenceId,
        PersistentRepr.Undefined(),
        false,
        ActorRef.noSender(),
        PersistentRepr.Undefined());
  }

  private static void requireOurs(String persistenceId) {
    require(
        persistenceId.equals(PersistenceSettings.PERSISTENCE_ID),
        "the journal serves the actor %s, not %s",
        PersistenceSettings.PERSISTENCE_ID,
        persistenceId);
  }
}
