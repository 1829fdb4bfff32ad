package io.conclave.http.members;

import io.conclave.http.ContentTypeText;
import io.conclave.http.EtcdHeaders;
import io.conclave.http.MemberAsk;
import io.conclave.http.MemberGateways;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.http.members.MemberChanges.Result;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Refusal;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code /v2/members} and all below it (spec v2-cluster §3). */
public final class MembersRoute implements RequestHandler {
  private static final MemberRequest NO_ROOM =
      new MemberRequest.Invalid(503, MemberAccess.TOO_MANY_REQUESTS);
  private static final String PREFIX = "/v2/members";
  private static final String ALLOWED = "GET,POST,DELETE,PUT";

  private final MemberGateways gateways;
  private final EtcdHeaders headers;
  private final RequestBodies bodies;
  private final MemberChanges changes;
  private final MemberAnswers answers;

  public MembersRoute(
      ActorSystem<?> system, MemberGateways gateways, EtcdHeaders headers, RequestBodies bodies) {
    this.gateways = gateways;
    this.headers = headers;
    this.bodies = bodies;
    MemberAsk ask = new MemberAsk(system, gateways.requestTimeout());
    this.changes = new MemberChanges(gateways, ask, InstantSource.system());
    this.answers = new MemberAnswers(headers);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    String below = target.pathText().substring(PREFIX.length());
    boolean whole = below.isEmpty() || below.equals("/");
    return switch (request.method().value()) {
      case "GET" -> bodies.discard(request).thenApply(none -> whole ? all() : one(below));
      case "POST" ->
          withBody(request, body -> MemberRequestParser.add(ContentTypeText.of(request), body));
      case "PUT" -> whole ? notAllowed(request) : update(below.substring(1), request);
      case "DELETE" -> whole ? notAllowed(request) : remove(below.substring(1), request);
      default -> bodies.discard(request).thenApply(none -> Responses.methodNotAllowed(ALLOWED));
    };
  }

  private HttpResponse all() {
    List<ClusterMember> members = gateways.published().tree().get().members();
    return answers.ok(MembersJson.list(members));
  }

  /** There is no way to see a single member but the leader. */
  private HttpResponse one(String below) {
    if (!below.equals("/leader")) {
      return answers.error(404, "Not found");
    }
    MemberId leader = gateways.published().view().get().leader();
    return gateways.published().tree().get().members().stream()
        .filter(member -> member.id().equals(leader))
        .findFirst()
        .map(member -> answers.ok(MembersJson.one(member)))
        .orElseGet(() -> answers.error(503, "During election"));
  }

  /** All members together can't be changed; etcd names no methods here. */
  private CompletionStage<HttpResponse> notAllowed(HttpRequest request) {
    return bodies
        .discard(request)
        .thenApply(none -> Responses.methodNotAllowed("").addHeaders(headers.cluster()));
  }

  private CompletionStage<HttpResponse> update(String id, HttpRequest request) {
    return withBody(
        request, body -> MemberRequestParser.update(id, ContentTypeText.of(request), body));
  }

  private CompletionStage<HttpResponse> remove(String id, HttpRequest request) {
    return bodies.discard(request).thenCompose(none -> change(MemberRequestParser.remove(id)));
  }

  private CompletionStage<HttpResponse> withBody(
      HttpRequest request, Function<Bytes, MemberRequest> parser) {
    return bodies
        .read(request, MemberRequestParser.BODY_BYTES_MAX)
        .thenCompose(body -> change(body.map(parser).orElse(NO_ROOM)));
  }

  private CompletionStage<HttpResponse> change(MemberRequest request) {
    return switch (request) {
      case MemberRequest.Invalid(int status, String message) ->
          Responses.now(answers.error(status, message));
      case MemberRequest.Add(List<String> peerUrls) ->
          answered(changes.add(peerUrls), answers::refusedToAdd);
      case MemberRequest.Update(MemberId id, List<String> peerUrls) ->
          answered(changes.update(id, peerUrls), why -> answers.refusedToUpdate(id, why));
      case MemberRequest.Remove(MemberId id) ->
          answered(changes.remove(id), why -> answers.refusedToRemove(id, why));
    };
  }

  private CompletionStage<HttpResponse> answered(
      CompletionStage<Result> change, Function<Refusal, HttpResponse> refused) {
    return change.thenApply(
        result ->
            switch (result) {
              case Result.Done() -> answers.done();
              case Result.Added(ClusterMember member) -> answers.added(member);
              case Result.Refused(Refusal why) -> refused.apply(why);
              case Result.NotEnough(String arithmetic) -> answers.notEnough(arithmetic);
              case Result.Failed(String cause) -> answers.failed();
            });
  }
}
