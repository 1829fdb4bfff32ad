package io.conclave.testkit.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Fan-out: one write, then everybody who watches gets it, then the next write. A latency lasts from
 * sending the write to the event's arrival at one watcher; the first latency of a watcher is that
 * of its subscription, from the start of connecting to the head of the response.
 */
final class WatchLoop implements Callable<LoadResult> {
  private static final int PAUSE_MILLIS = 10;
  private static final int READ_BYTES = 64 * 1024;
  private static final int KEYS = 100;

  private final Target target;
  private final boolean streaming;
  private final LoadShape shape;
  private final List<ByteBuffer> writes = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ_BYTES);
  private final LatencyRecorder deliveries = new LatencyRecorder();
  private final LatencyRecorder subscriptions = new LatencyRecorder();
  private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
  private Writer writer;
  private int notArmed;
  private int notDelivered;
  private long written;
  private long writtenIndex;
  private long sentNanos;

  /**
   * Prepares a loop.
   *
   * @param streaming whether watchers keep one response on the directory for all events, or ask
   *     again after each event of one key
   */
  WatchLoop(Target target, boolean streaming, int valueBytes, LoadShape shape) {
    this.target = target;
    this.streaming = streaming;
    this.shape = shape;
    SplittableRandom random = new SplittableRandom(valueBytes);
    for (int key = 0; key < (streaming ? KEYS : 1); key++) {
      String path = streaming ? RequestBook.ROOT + "/watch/k" + key : RequestBook.ROOT + "/poll";
      writes.add(RequestBook.put(target, path, RequestBook.value(random, valueBytes), true));
    }
  }

  @Override
  public LoadResult call() throws IOException {
    try (Selector selector = Selector.open()) {
      writer = new Writer(selector);
      notArmed = shape.connections();
      for (int i = 0; i < shape.connections(); i++) {
        watchers.add(new Watcher(selector));
      }
      try {
        writer.start();
        List.copyOf(watchers).forEach(Watcher::start);
        return run(selector);
      } finally {
        writer.connection.close();
        watchers.forEach(watcher -> watcher.connection.close());
      }
    }
  }

  private LoadResult run(Selector selector) throws IOException {
    long startNanos = 0;
    long now = System.nanoTime();
    while (!watchers.isEmpty() && writer.alive) {
      boolean ready = notArmed == 0 && notDelivered == 0 && !writer.waiting && writer.connected;
      if (ready) {
        startNanos = startNanos == 0 ? now : startNanos;
        if (now - startNanos >= shape.length().toNanos()) {
          break;
        }
        writer.writeNext();
      }
      selector.select(this::onReady, PAUSE_MILLIS);
      now = System.nanoTime();
      sweep(now);
    }
    double seconds = Math.max(1, now - startNanos) / 1e9;
    return new LoadResult(deliveries.count() / seconds, deliveries, subscriptions, failures);
  }

  private void onReady(SelectionKey key) {
    Party party = (Party) key.attachment();
    try {
      if (key.isConnectable()) {
        party.connection.finishConnect();
        party.onConnected();
        return;
      }
      if (key.isWritable()) {
        party.connection.flush();
      }
      if (key.isReadable()) {
        if (party.connection.read(scratch) < 0) {
          party.fail(Failure.CLOSED_EARLY);
        } else {
          party.onBytes();
        }
      }
    } catch (MalformedResponse e) {
      party.fail(Failure.MALFORMED);
    } catch (IOException e) {
      party.fail(Failure.RESET);
    }
  }

  private void sweep(long now) {
    long limitNanos = shape.timeout().toNanos();
    if (writer.waiting && now - writer.askedNanos > limitNanos) {
      writer.fail(Failure.TIMEOUT);
    }
    if (now - Math.max(sentNanos, writer.askedNanos) > limitNanos) {
      for (Watcher watcher : List.copyOf(watchers)) {
        if (watcher.events < written || !watcher.armed) {
          watcher.fail(Failure.TIMEOUT);
        }
      }
    }
  }

  /** One connection of the loop: the writer's or a watcher's. */
  private abstract static class Party {
    final ClientConnection connection;
    final ResponseParser parser;
    long askedNanos;

    Party(Selector selector, Target target, boolean countLines) {
      connection = new ClientConnection(selector, target, this);
      parser = new ResponseParser(countLines);
    }

    final void start() {
      askedNanos = System.nanoTime();
      try {
        if (connection.open()) {
          onConnected();
        }
      } catch (IOException e) {
        fail(Failure.CONNECT);
      }
    }

    abstract void onConnected() throws IOException;

    abstract void onBytes() throws IOException;

    abstract void fail(Failure kind);
  }

  private final class Writer extends Party {
    private boolean alive = true;
    private boolean connected;
    private boolean waiting;

    Writer(Selector selector) {
      super(selector, target, false);
    }

    @Override
    void onConnected() {
      connected = true;
    }

    void writeNext() {
      parser.reset();
      waiting = true;
      notDelivered = watchers.size();
      if (!streaming) {
        notArmed = watchers.size();
        watchers.forEach(watcher -> watcher.armed = false);
      }
      askedNanos = System.nanoTime();
      sentNanos = askedNanos;
      try {
        connection.send(writes.get((int) (written++ % writes.size())).rewind());
      } catch (IOException e) {
        fail(Failure.RESET);
      }
    }

    @Override
    void onBytes() throws IOException {
      if (!parser.feed(scratch)) {
        return;
      }
      if (parser.status() >= 300) {
        fail(Failure.ofStatus(parser.status()));
        return;
      }
      waiting = false;
      writtenIndex = parser.etcdIndex();
      if (!streaming) {
        for (Watcher watcher : List.copyOf(watchers)) {
          watcher.askAgain();
        }
      }
    }

    @Override
    void fail(Failure kind) {
      failures.merge(kind, 1L, Long::sum);
      alive = false;
    }
  }

  private final class Watcher extends Party {
    private long events;
    private long linesSeen;
    private boolean armed;
    private boolean headSeen;
    private boolean answered;

    Watcher(Selector selector) {
      super(selector, target, true);
    }

    @Override
    void onConnected() throws IOException {
      String path =
          streaming
              ? RequestBook.ROOT + "/watch?wait=true&recursive=true&stream=true"
              : RequestBook.ROOT + "/poll?wait=true";
      ask(path);
    }

    /** A poll that was answered asks for what comes after the last write, as real clients do. */
    void askAgain() {
      if (!answered || writer.waiting) {
        return;
      }
      try {
        ask(RequestBook.ROOT + "/poll?wait=true&waitIndex=" + (writtenIndex + 1));
      } catch (IOException e) {
        fail(Failure.RESET);
      }
    }

    private void ask(String path) throws IOException {
      headSeen = false;
      answered = false;
      linesSeen = 0;
      parser.reset();
      connection.send(RequestBook.get(target, path, true));
    }

    @Override
    void onBytes() throws IOException {
      boolean complete = parser.feed(scratch);
      if (parser.hasHead() && !headSeen) {
        headSeen = true;
        if (parser.status() != 200) {
          fail(Failure.ofStatus(parser.status()));
          return;
        }
        onArmed();
      }
      for (; linesSeen < parser.bodyLines(); linesSeen++) {
        if (events == written) {
          throw new MalformedResponse("more events than writes");
        }
        events++;
        notDelivered--;
        deliveries.record(System.nanoTime() - sentNanos);
      }
      if (complete && streaming) {
        fail(Failure.CLOSED_EARLY);
      } else if (complete) {
        answered = true;
        askAgain();
      }
    }

    private void onArmed() {
      armed = true;
      notArmed--;
      if (written == 0) {
        subscriptions.record(System.nanoTime() - askedNanos);
      }
    }

    @Override
    void fail(Failure kind) {
      failures.merge(kind, 1L, Long::sum);
      connection.close();
      if (watchers.remove(this)) {
        notDelivered -= events < written ? 1 : 0;
        notArmed -= armed ? 0 : 1;
      }
    }
  }
}
