package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.Test;

final class AfterRecoveryTest {
  private final CompletableFuture<Void> recovered = new CompletableFuture<>();
  private final RequestHandler handler =
      new AfterRecovery(
          (request, target) -> Responses.now(Responses.empty(200)), recovered, Runnable::run);

  @Test
  void requestsWaitForTheDataAndAreAnsweredThen() throws Exception {
    CompletableFuture<HttpResponse> early = ask();
    assertFalse(early.isDone());
    recovered.complete(null);
    assertEquals(200, early.get(10, TimeUnit.SECONDS).status().intValue());
    assertEquals(200, ask().get(0, TimeUnit.SECONDS).status().intValue());
  }

  @Test
  void nobodyIsLeftWaitingWhenThereWillBeNoData() throws Exception {
    CompletableFuture<HttpResponse> early = ask();
    recovered.completeExceptionally(new CancellationException("stopping"));
    assertEquals(503, early.get(10, TimeUnit.SECONDS).status().intValue());
    assertEquals(503, ask().get(10, TimeUnit.SECONDS).status().intValue());
  }

  private CompletableFuture<HttpResponse> ask() {
    RequestTarget target = RequestTarget.parse("/v2/keys/a").orElseThrow();
    return handler.handle(HttpRequest.GET("/v2/keys/a"), target).toCompletableFuture();
  }
}
