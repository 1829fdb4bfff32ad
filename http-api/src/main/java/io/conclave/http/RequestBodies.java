package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;

/** Reads request bodies whole, and never more of them than allowed. */
public final class RequestBodies implements MetricSource {
  /** What is read and thrown away of a body that is too large, before the connection is cut. */
  private static final long DISCARDED_BYTES_MAX = 64L << 20;

  private final Materializer materializer;
  private final Duration idleTimeout;
  private final ByteBudget budget;
  private final LongAdder refused = new LongAdder();

  /** Of one server, whose connections share the limit for all bodies together. */
  public RequestBodies(Materializer materializer, HttpSettings settings) {
    this.materializer = materializer;
    this.idleTimeout = settings.idleTimeout();
    this.budget = new ByteBudget(settings.bodiesBytesMax());
  }

  /**
   * Reads as {@link #read(HttpRequest, int)}, and counts the body until {@code use} has returned:
   * what it decodes and encodes of the body takes as much again.
   */
  public <T> CompletionStage<T> read(
      HttpRequest request, int bytesMax, Function<Optional<Bytes>, CompletionStage<T>> use) {
    if (request.entity() instanceof HttpEntity.Strict) {
      return read(request, bytesMax).thenCompose(use);
    }
    Gathered gathered = new Gathered(budget, bytesMax + 1);
    return gather(request, gathered)
        .thenApply(done -> use.apply(done.bytes()))
        .whenComplete((used, failure) -> ended(gathered))
        .thenCompose(used -> used);
  }

  /**
   * The body, or the first {@code bytesMax + 1} bytes of a longer one; empty if other bodies that
   * are being read leave no room for it. What is not kept is read and thrown away, so that the
   * client gets to see the answer. Fails if the client goes away first, or sends far too much, and
   * with {@link Stalled} if it sends nothing for a while.
   */
  public CompletionStage<Optional<Bytes>> read(HttpRequest request, int bytesMax) {
    if (request.entity() instanceof HttpEntity.Strict strict) {
      ByteString data = strict.getData();
      Bytes body = Bytes.adopt(data.take(Math.min(data.length(), bytesMax + 1)).toArray());
      return CompletableFuture.completedFuture(Optional.of(body));
    }
    Gathered gathered = new Gathered(budget, bytesMax + 1);
    return gather(request, gathered)
        .thenApply(Gathered::bytes)
        .whenComplete((body, failure) -> ended(gathered));
  }

  private void ended(Gathered gathered) {
    gathered.giveBack();
    if (gathered.refused) {
      refused.increment();
    }
  }

  /** Lets a body pass that nobody wants to see. */
  public CompletionStage<Bytes> discard(HttpRequest request) {
    return request.entity() instanceof HttpEntity.Strict
        ? CompletableFuture.completedFuture(Bytes.EMPTY)
        : gather(request, new Gathered(budget, 0)).thenApply(ignored -> Bytes.EMPTY);
  }

  @Override
  public void writeTo(PrometheusText text) {
    text.gauge("etcd_http_body_bytes", "Bytes of bodies that are being read.", budget.taken());
    text.counter("etcd_http_bodies_refused_total", "Bodies that found no room.", refused.sum());
  }

  private CompletionStage<Gathered> gather(HttpRequest request, Gathered gathered) {
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .idleTimeout(idleTimeout)
        .mapError(TimeoutException.class, Stalled::new)
        .runFold(gathered, Gathered::add, materializer);
  }

  /** A client has sent a part of a body, and then nothing for the idle timeout. */
  static final class Stalled extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stalled(TimeoutException cause) {
      super("the rest of the body did not come", cause);
    }
  }

  /** Mutable, and used by one running stream only. */
  private static final class Gathered {
    private final ByteBudget budget;
    private final int bytesMax;

    /** One buffer: of a body in tiny chunks, the chunks would cost many times its length. */
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

    private boolean refused;
    private int kept;
    private long discarded;

    Gathered(ByteBudget budget, int bytesMax) {
      this.budget = budget;
      this.bytesMax = bytesMax;
    }

    Gathered add(ByteString part) {
      int wanted = refused ? 0 : Math.min(part.length(), bytesMax - kept);
      if (wanted > 0 && budget.take(wanted)) {
        whole.writeBytes(part.take(wanted).toArray());
        kept += wanted;
      } else if (wanted > 0) {
        refused = true;
        giveBack();
      }
      discarded += part.length() - wanted;
      if (discarded > DISCARDED_BYTES_MAX) {
        throw new IllegalStateException("request body is far too large");
      }
      return this;
    }

    Optional<Bytes> bytes() {
      return refused ? Optional.empty() : Optional.of(Bytes.adopt(whole.toByteArray()));
    }

    void giveBack() {
      whole.reset();
      budget.giveBack(kept);
      kept = 0;
    }
  }
}
