package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;

/** Reads request bodies whole, and never more of them than allowed. */
public final class RequestBodies {
  /** What is read and thrown away of a body that is too large, before the connection is cut. */
  private static final long DISCARDED_BYTES_MAX = 64L << 20;

  private final Materializer materializer;
  private final Duration timeout;

  /**
   * @param timeout for a body to arrive
   */
  public RequestBodies(Materializer materializer, Duration timeout) {
    this.materializer = materializer;
    this.timeout = timeout;
  }

  /**
   * The body, or the first {@code bytesMax + 1} bytes of a longer one, whose rest is read and
   * thrown away so that the client gets to see the answer. Fails if the client goes away first, or
   * sends far too much.
   */
  public CompletionStage<Bytes> read(HttpRequest request, int bytesMax) {
    if (request.entity() instanceof HttpEntity.Strict strict) {
      ByteString data = strict.getData();
      return CompletableFuture.completedFuture(
          Bytes.adopt(data.take(Math.min(data.length(), bytesMax + 1)).toArray()));
    }
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .completionTimeout(timeout)
        .runFold(new Gathered(bytesMax + 1), Gathered::add, materializer)
        .thenApply(Gathered::bytes);
  }

  /** Lets a body pass that nobody wants to see. */
  public CompletionStage<Bytes> discard(HttpRequest request) {
    return read(request, 0).thenApply(ignored -> Bytes.EMPTY);
  }

  /** Mutable, and used by one running stream only. */
  private static final class Gathered {
    private final int bytesMax;
    private final List<ByteString> parts = new ArrayList<>();
    private int kept;
    private long discarded;

    Gathered(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    Gathered add(ByteString part) {
      int wanted = Math.min(part.length(), bytesMax - kept);
      if (wanted > 0) {
        parts.add(part.take(wanted));
        kept += wanted;
      }
      discarded += part.length() - wanted;
      if (discarded > DISCARDED_BYTES_MAX) {
        throw new IllegalStateException("request body is far too large");
      }
      return this;
    }

    Bytes bytes() {
      byte[] whole = new byte[kept];
      int at = 0;
      for (ByteString part : parts) {
        part.copyToArray(whole, at, part.length());
        at += part.length();
      }
      return Bytes.adopt(whole);
    }
  }
}
