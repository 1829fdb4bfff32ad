package io.conclave.http.keys;

import io.conclave.http.ContentTypeText;
import io.conclave.http.EtcdHeaders;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberAsk;
import io.conclave.http.MemberGateways;
import io.conclave.http.MetricSource;
import io.conclave.http.ReadCounters;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** The keys API, {@code /v2/keys} and all below it (spec v2-keys). */
public final class KeysRoute implements RequestHandler {
  private static final String ALLOWED = "HEAD,GET,PUT,POST,DELETE";
  private static final Bytes PREFIX = Bytes.utf8("/v2/keys");

  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final KeyLimits limits;
  private final KeyRequestParser parser;
  private final RequestBodies bodies;
  private final ReadCounters counters;
  private final ReadGateway reads;
  private final WriteGateway writes;
  private final OpenWatches openWatches;
  private final WatchStream watches;
  private final AnswerRoom room;
  private final KeysAnswers answers;
  private final KeysMetrics metrics = new KeysMetrics();

  public KeysRoute(
      ActorSystem<?> system,
      KeyLimits limits,
      HttpSettings settings,
      MemberGateways gateways,
      EtcdHeaders headers,
      RequestBodies bodies,
      ReadCounters counters) {
    MemberAsk ask = new MemberAsk(system, gateways.requestTimeout());
    this.limits = limits;
    this.parser = new KeyRequestParser(limits);
    this.bodies = bodies;
    this.counters = counters;
    this.reads = new ReadGateway(gateways, ask);
    this.writes = new WriteGateway(gateways, ask);
    this.openWatches =
        new OpenWatches(gateways.watchers()::tell, new WaitingEvents(settings.watchBytesMax()));
    this.watches =
        new WatchStream(system, gateways.watchers(), openWatches, settings.watchQueueEvents());
    this.room = new AnswerRoom(settings.answersBytesMax(), settings.idleTimeout());
    this.answers = new KeysAnswers(headers, room, reads::raft);
    system
        .scheduler()
        .scheduleAtFixedRate(SWEEP, SWEEP, openWatches::sweep, system.executionContext());
  }

  /** True for {@code /v2/keys} and all below it. */
  public static boolean serves(RequestTarget target) {
    Bytes path = target.path();
    int length = PREFIX.length();
    return path.startsWith(PREFIX) && (path.length() == length || path.at(length) == '/');
  }

  /** The error for a query that can't be parsed; empty if it can, or the target is no key. */
  public static Optional<HttpResponse> badQuery(RequestTarget target, EtcdHeaders headers) {
    Parameters parameters = new Parameters();
    parameters.read(Bytes.utf8(target.rawQuery()));
    if (parameters.problem().isEmpty() || !serves(target)) {
      return Optional.empty();
    }
    V2Error error = V2Error.of(Code.INVALID_FORM, parameters.problem(), 0);
    return Optional.of(KeysAnswers.error(error, headers));
  }

  /** Methods of this API, as the Allow header names them. */
  public static HttpResponse methodNotAllowed() {
    return Responses.methodNotAllowed(ALLOWED);
  }

  /** Ends open watches, and those to come, after what is on its way. */
  public void endWatches() {
    openWatches.close();
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    Optional<KeyMethod> method = KeyMethod.of(request.method().value());
    if (method.isEmpty()) {
      return bodies.discard(request).thenApply(none -> methodNotAllowed());
    }
    counters.fail();
    return readsNoBody(method.get(), request)
        ? answer(method.get(), parser.parse(method.get(), target, "", Bytes.EMPTY))
        : withBody(method.get(), request, target);
  }

  /** What there is to measure of this API. */
  public List<MetricSource> metrics() {
    return List.of(metrics, writes.metrics(), room, openWatches.waiting());
  }

  private static boolean readsNoBody(KeyMethod method, HttpRequest request) {
    return !method.readsForm() && request.entity() instanceof HttpEntity.Strict;
  }

  private CompletionStage<HttpResponse> withBody(
      KeyMethod method, HttpRequest request, RequestTarget target) {
    String type = ContentTypeText.of(request);
    boolean form = method.readsForm() && MediaType.parse(type).isForm();
    Function<Optional<Bytes>, CompletionStage<HttpResponse>> use =
        read ->
            read.isEmpty()
                ? Responses.now(failed(MemberAccess.TOO_MANY_REQUESTS))
                : answer(method, parser.parse(method, target, type, read.get()));
    return form
        ? bodies.read(request, limits.formBytesMax(), use)
        : bodies.discard(request).thenCompose(none -> use.apply(Optional.of(none)));
  }

  private CompletionStage<HttpResponse> answer(KeyMethod method, KeyRequest request) {
    return switch (request) {
      case KeyRequest.Invalid(V2Error error) -> Responses.now(answers.error(error));
      case KeyRequest.Watch(var query) -> watches.open(query, answers);
      case KeyRequest.Get get when get.quorum() ->
          metered(
              KeysMetrics.Kind.QGET,
              () -> reads.linearizable().thenApply(reply -> confirmed(reply, get)));
      case KeyRequest.Get get ->
          metered(method.kind(), () -> Responses.now(read(reads.newest(), get, reads.raft())));
      case KeyRequest.Write(Command command) ->
          metered(method.kind(), () -> writes.write(command).thenApply(this::written));
    };
  }

  private CompletionStage<HttpResponse> metered(
      KeysMetrics.Kind kind, Supplier<CompletionStage<HttpResponse>> request) {
    long begunNanos = System.nanoTime();
    metrics.received(kind);
    CompletionStage<HttpResponse> answer = request.get();
    answer.thenAccept(
        response ->
            metrics.answered(kind, response.status().intValue(), System.nanoTime() - begunNanos));
    return answer;
  }

  private HttpResponse confirmed(ReadReply reply, KeyRequest.Get get) {
    return switch (reply) {
      case ReadReply.Ready(var tree, LogPosition applied) -> read(tree, get, applied);
      case ReadReply.Failed(String cause) -> failed(cause);
    };
  }

  /** A listing copies all that it shows before it is written: that needs room, too. */
  private HttpResponse read(KeySpace tree, KeyRequest.Get get, LogPosition raft) {
    long copied = tree.listedBytes(get.key(), get.recursive());
    if (copied <= AnswerRoom.SMALL_BYTES) {
      return found(reads.lookup(tree, get), raft);
    }
    Optional<AnswerRoom.Place> place = room.take(copied);
    if (place.isEmpty()) {
      counters.fail();
      return failed(room.cause(copied));
    }
    try {
      return found(reads.lookup(tree, get), raft);
    } finally {
      place.get().leave();
    }
  }

  private HttpResponse found(Lookup lookup, LogPosition raft) {
    return switch (lookup) {
      case Lookup.Found(KeyEvent event) -> {
        counters.success();
        yield answers.read(event, raft);
      }
      case Lookup.Refused(V2Error error) -> {
        counters.fail();
        yield answers.error(error);
      }
    };
  }

  private HttpResponse written(ProposalReply reply) {
    return switch (reply) {
      case ProposalReply.Applied(Outcome.Changed(KeyEvent event), LogPosition position) ->
          answers.written(event, position);
      case ProposalReply.Applied(Outcome.Refused(V2Error error), LogPosition position) ->
          answers.error(error);
      case ProposalReply.Applied(Outcome.Done done, LogPosition position) ->
          throw new IllegalStateException("a client's command ended as " + done);
      case ProposalReply.Failed(String cause) -> failed(cause);
    };
  }

  private HttpResponse failed(String cause) {
    return answers.error(V2Error.of(Code.RAFT_INTERNAL, cause, 0));
  }
}
