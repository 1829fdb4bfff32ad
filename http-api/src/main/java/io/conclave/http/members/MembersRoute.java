package io.conclave.http.members;

import io.conclave.http.EtcdHeaders;
import io.conclave.http.MemberGateways;
import io.conclave.http.MessageErrors;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.core.MemberId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.util.ByteString;

/** {@code /v2/members} and all below it (spec v2-cluster §3). */
public final class MembersRoute implements RequestHandler {
  private static final String PREFIX = "/v2/members";
  private static final String ALLOWED = "GET,POST,DELETE,PUT";

  private final MemberGateways gateways;
  private final EtcdHeaders headers;
  private final RequestBodies bodies;

  public MembersRoute(MemberGateways gateways, EtcdHeaders headers, RequestBodies bodies) {
    this.gateways = gateways;
    this.headers = headers;
    this.bodies = bodies;
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    String below = target.pathText().substring(PREFIX.length());
    String method = request.method().value();
    return bodies.discard(request).thenApply(none -> answer(method, below));
  }

  /**
   * @param below the path after {@code /v2/members}: "" or with a leading slash
   */
  private HttpResponse answer(String method, String below) {
    boolean whole = below.isEmpty() || below.equals("/");
    return switch (method) {
      case "GET" -> whole ? all() : below.equals("/leader") ? leader() : notFound();
      case "POST" -> MessageErrors.notImplementedYet(headers.cluster());
      case "PUT", "DELETE" ->
          whole
              ? Responses.methodNotAllowed("").addHeaders(headers.cluster())
              : MessageErrors.notImplementedYet(headers.cluster());
      default -> Responses.methodNotAllowed(ALLOWED);
    };
  }

  private HttpResponse notFound() {
    return MessageErrors.of(404, "Not found", headers.cluster());
  }

  private HttpResponse all() {
    List<ClusterMember> members = gateways.published().tree().get().members();
    return ok(MembersJson.list(members));
  }

  private HttpResponse leader() {
    MemberId leader = gateways.published().view().get().leader();
    return gateways.published().tree().get().members().stream()
        .filter(member -> member.id().equals(leader))
        .findFirst()
        .map(member -> ok(MembersJson.one(member)))
        .orElseGet(() -> MessageErrors.of(503, "During election", headers.cluster()));
  }

  private HttpResponse ok(ByteString body) {
    return Responses.of(200, Responses.JSON, body, headers.cluster());
  }
}
