package io.conclave.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@link ConnectionStage} does. Only what is marked as such may be called by other threads.
 */
final class ConnectionLogic extends GraphStageLogic implements InHandler, OutHandler {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLogic.class);
  private static final HttpHeader CLOSE = Connection.create("close");

  /** Commands of other threads. */
  private enum Order {
    FINISH,
    ABORT
  }

  private final FlowShape<HttpRequest, HttpResponse> shape;
  private final TargetedHandler handler;
  private final Connections connections;
  private final AsyncCallback<Answer> answered = createAsyncCallback(this::onAnswer);
  private final AsyncCallback<Order> ordered = createAsyncCallback(this::onOrder);

  /** A request has no answer yet. */
  private boolean answering;

  /** The client has closed its side. */
  private boolean peerClosed;

  /** The body of the latest answer, if it is sent while it is made. */
  private Optional<StreamedBody> stream = Optional.empty();

  /** No request is taken any more. */
  private boolean finishing;

  /** That is our own decision, which the client has to be told. */
  private boolean closing;

  /** A request is in progress, an answer that is still being sent included. */
  private volatile boolean busy;

  private volatile long idleSinceNanos = System.nanoTime();

  ConnectionLogic(
      FlowShape<HttpRequest, HttpResponse> shape,
      TargetedHandler handler,
      Connections connections) {
    super(shape);
    this.shape = shape;
    this.handler = handler;
    this.connections = connections;
    setHandlers(shape.in(), shape.out(), this);
  }

  @Override
  public void preStart() {
    connections.opened(this);
  }

  @Override
  public void postStop() {
    connections.closed(this);
  }

  /** Any thread: ends the connection when the request in progress is answered. */
  void finish() {
    ordered.invoke(Order.FINISH);
  }

  /** Any thread: cuts the connection. */
  void abort() {
    ordered.invoke(Order.ABORT);
  }

  /** Any thread. */
  void finishIfIdleSince(long nanoTime) {
    if (!busy && idleSinceNanos - nanoTime < 0) {
      finish();
    }
  }

  @Override
  public void onPull() {
    if (finishing) {
      completeStage();
    } else {
      pull(shape.in());
    }
  }

  @Override
  public void onPush() {
    HttpRequest request = grab(shape.in());
    answering = true;
    busy = true;
    CompletionStage<HttpResponse> answer = answer(request);
    if (answer instanceof CompletableFuture<HttpResponse> done
        && done.state() == CompletableFuture.State.SUCCESS) {
      onAnswer(new Answer(request, done.resultNow()));
    } else {
      answer.whenComplete(
          (response, failure) ->
              answered.invoke(
                  new Answer(request, failure == null ? response : failed(request, failure))));
    }
  }

  /** Called by the connection's own thread: the client has closed its side, so no watch goes on. */
  void peerClosed() {
    peerClosed = true;
    stream.ifPresent(StreamedBody::readerGone);
  }

  /** The client sends no more requests, but may wait for an answer. */
  @Override
  public void onUpstreamFinish() {
    finishing = true;
    if (!answering) {
      completeStage();
    }
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request) {
    try {
      return handler.handle(request);
    } catch (RuntimeException bug) {
      return CompletableFuture.failedFuture(bug);
    }
  }

  private void onAnswer(Answer answer) {
    answering = false;
    streaming(answer.response);
    push(shape.out(), closing ? answer.response.addHeader(CLOSE) : answer.response);
    if (finishing) {
      completeStage();
    }
  }

  /** A body without a handle is taken for sent. */
  private void streaming(HttpResponse response) {
    stream = response.getAttribute(StreamedBody.KEY);
    stream.ifPresentOrElse(
        body -> {
          body.whenEnded(this::idle);
          if (peerClosed) {
            body.readerGone();
          }
        },
        this::idle);
  }

  private void idle() {
    idleSinceNanos = System.nanoTime();
    busy = false;
  }

  private void onOrder(Order order) {
    switch (order) {
      case FINISH -> {
        finishing = true;
        closing = true;
        if (!answering) {
          completeStage();
        }
      }
      case ABORT -> failStage(new ConnectionAborted());
    }
  }

  private static HttpResponse failed(HttpRequest request, Throwable failure) {
    if (failure instanceof CompletionException wrapped && wrapped.getCause() != null) {
      return failed(request, wrapped.getCause());
    }
    if (failure instanceof RequestBodies.Stalled) {
      return Responses.requestTimeout(failure.getMessage()).addHeader(CLOSE);
    }
    log.atDebug()
        .addKeyValue("method", request.method().value())
        .setCause(failure)
        .log("request failed");
    return Responses.of(500, Responses.TEXT, "Internal Server Error\n");
  }

  private record Answer(HttpRequest request, HttpResponse response) {}

  private static final class ConnectionAborted extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConnectionAborted() {
      super("server is stopping", null, false, false);
    }
  }
}
