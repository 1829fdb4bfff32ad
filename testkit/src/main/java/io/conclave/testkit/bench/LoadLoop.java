package io.conclave.testkit.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Closed-loop load from one thread: each connection has one request in flight, and asks again as
 * soon as it is answered. With kept connections the measured time starts when all of them have had
 * their first answer; without, each request connects, asks, and reads to the end of the connection.
 * A source that ends is sent completely, or up to the first request that gets no answer.
 */
final class LoadLoop implements Callable<LoadResult> {
  private static final int PAUSE_MILLIS = 10;
  private static final int READ_BYTES = 64 * 1024;

  private final Target target;
  private final RequestSource requests;
  private final LoadShape shape;
  private final List<Slot> slots = new ArrayList<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ_BYTES);
  private final LatencyRecorder steady = new LatencyRecorder();
  private final LatencyRecorder first = new LatencyRecorder();
  private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
  private boolean measuring;
  private boolean exhausted;
  private int pendingFirst;
  private long windowStartNanos;

  LoadLoop(Target target, RequestSource requests, LoadShape shape) {
    this.target = target;
    this.requests = requests;
    this.shape = shape;
    this.pendingFirst = shape.keepAlive() ? shape.connections() : 0;
  }

  @Override
  public LoadResult call() throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < shape.connections(); i++) {
        slots.add(new Slot(selector));
      }
      long startNanos = System.nanoTime();
      try {
        slots.forEach(Slot::start);
        return run(selector, startNanos);
      } finally {
        slots.forEach(slot -> slot.connection.close());
      }
    }
  }

  private LoadResult run(Selector selector, long startNanos) throws IOException {
    long now = System.nanoTime();
    long nextSweepNanos = now;
    while (!isOver(now)) {
      if (!measuring && (pendingFirst <= 0 || now - startNanos > shape.timeout().toNanos())) {
        measuring = true;
        windowStartNanos = now;
      }
      selector.select(this::onReady, PAUSE_MILLIS);
      now = System.nanoTime();
      if (now >= nextSweepNanos) {
        sweep(now);
        nextSweepNanos = now + PAUSE_MILLIS * 1_000_000L;
      }
    }
    double seconds = Math.max(1, now - windowStartNanos) / 1e9;
    return new LoadResult(steady.count() / seconds, steady, first, failures);
  }

  private boolean isOver(long now) {
    if (exhausted) {
      return slots.stream().noneMatch(slot -> slot.phase != Phase.IDLE);
    }
    return measuring && now - windowStartNanos >= shape.length().toNanos();
  }

  private void onReady(SelectionKey key) {
    Slot slot = (Slot) key.attachment();
    try {
      if (key.isConnectable()) {
        slot.connection.finishConnect();
        slot.ask();
        return;
      }
      if (key.isWritable()) {
        slot.connection.flush();
      }
      if (key.isReadable()) {
        slot.onBytes();
      }
    } catch (MalformedResponse e) {
      slot.fail(Failure.MALFORMED);
    } catch (IOException e) {
      slot.fail(slot.phase == Phase.CONNECTING ? Failure.CONNECT : Failure.RESET);
    }
  }

  /** Gives up on what takes too long, and tries again what failed since the last sweep. */
  private void sweep(long now) {
    for (Slot slot : slots) {
      if (slot.phase == Phase.IDLE) {
        slot.start();
      } else if (now - slot.askedNanos > shape.timeout().toNanos()) {
        slot.fail(Failure.TIMEOUT);
      }
    }
  }

  private enum Phase {
    /** Not connected; the next sweep connects. */
    IDLE,
    CONNECTING,
    WAITING,
    /** Answered; the server has said that it will close. */
    ENDING
  }

  /** One client of the loop. */
  private final class Slot {
    private final ClientConnection connection;
    private final ResponseParser parser = new ResponseParser(false);
    private Phase phase = Phase.IDLE;
    private boolean answered;
    private boolean everAnswered;
    private long askedNanos;

    Slot(Selector selector) {
      connection = new ClientConnection(selector, target, this);
    }

    void start() {
      if (exhausted) {
        return;
      }
      phase = Phase.CONNECTING;
      answered = false;
      askedNanos = System.nanoTime();
      try {
        if (connection.open()) {
          ask();
        }
      } catch (IOException e) {
        fail(phase == Phase.CONNECTING ? Failure.CONNECT : Failure.RESET);
      }
    }

    void ask() throws IOException {
      Optional<ByteBuffer> request = requests.next();
      if (request.isEmpty()) {
        exhausted = true;
        end();
        return;
      }
      phase = Phase.WAITING;
      parser.reset();
      if (answered) {
        askedNanos = System.nanoTime();
      }
      connection.send(request.get());
    }

    void onBytes() throws IOException {
      int read = connection.read(scratch);
      if (read < 0) {
        onEnd();
      } else if (phase == Phase.WAITING && parser.feed(scratch)) {
        if (scratch.hasRemaining()) {
          throw new MalformedResponse("bytes behind the response");
        }
        onAnswer();
      }
    }

    private void onAnswer() throws IOException {
      count(System.nanoTime() - askedNanos);
      answered = true;
      if (shape.keepAlive() && !parser.closes()) {
        ask();
      } else {
        phase = Phase.ENDING;
      }
    }

    private void onEnd() throws IOException {
      if (phase == Phase.ENDING) {
        end();
        start();
      } else if (phase == Phase.WAITING && parser.endsWithConnection()) {
        count(System.nanoTime() - askedNanos);
        end();
        start();
      } else {
        fail(Failure.CLOSED_EARLY);
      }
    }

    private void count(long latencyNanos) {
      int status = parser.status();
      if (status >= 300) {
        failures.merge(Failure.ofStatus(status), 1L, Long::sum);
      } else if (shape.keepAlive() && !answered) {
        first.record(latencyNanos);
      } else if (measuring) {
        steady.record(latencyNanos);
      }
      if (!everAnswered) {
        everAnswered = true;
        pendingFirst--;
      }
    }

    void fail(Failure kind) {
      failures.merge(kind, 1L, Long::sum);
      exhausted |= !requests.isEndless();
      end();
    }

    private void end() {
      phase = Phase.IDLE;
      connection.close();
    }
  }
}
