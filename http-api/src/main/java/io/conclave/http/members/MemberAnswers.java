package io.conclave.http.members;

import io.conclave.http.EtcdHeaders;
import io.conclave.http.MessageErrors;
import io.conclave.http.Responses;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Refusal;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.util.ByteString;

/** What requests to the members API are answered, by status and text (spec v2-cluster §3). */
final class MemberAnswers {
  /** Of whatever has no text of its own in etcd. */
  private static final String INTERNAL = "Internal Server Error";

  private final EtcdHeaders headers;

  MemberAnswers(EtcdHeaders headers) {
    this.headers = headers;
  }

  HttpResponse ok(ByteString body) {
    return Responses.of(200, Responses.JSON, body, headers.cluster());
  }

  HttpResponse added(ClusterMember member) {
    return Responses.of(201, Responses.JSON, MembersJson.one(member), headers.cluster());
  }

  HttpResponse done() {
    return Responses.empty(204).addHeaders(headers.cluster());
  }

  HttpResponse error(int status, String message) {
    return MessageErrors.of(status, message, headers.cluster());
  }

  /** Too few members would be left (divergences 8 and 26). */
  HttpResponse notEnough(String arithmetic) {
    return error(500, arithmetic);
  }

  HttpResponse failed() {
    return error(500, INTERNAL);
  }

  HttpResponse refusedToAdd(Refusal why) {
    return switch (why) {
      case MEMBER_EXISTS -> error(409, "etcdserver: ID exists");
      default -> refused(why);
    };
  }

  HttpResponse refusedToUpdate(MemberId id, Refusal why) {
    return switch (why) {
      case MEMBER_UNKNOWN -> noSuchMember(id);
      default -> refused(why);
    };
  }

  HttpResponse refusedToRemove(MemberId id, Refusal why) {
    return switch (why) {
      case MEMBER_UNKNOWN -> noSuchMember(id);
      case MEMBER_REMOVED -> error(410, "Member permanently removed: " + id);
      default -> refused(why);
    };
  }

  private HttpResponse noSuchMember(MemberId id) {
    return error(404, "No such member: " + id);
  }

  private HttpResponse refused(Refusal why) {
    return switch (why) {
      case PEER_URL_EXISTS -> error(409, "etcdserver: peerURL exists");
      case TOO_MANY_MEMBERS ->
          error(500, "a cluster has at most %d members".formatted(Membership.MEMBERS_MAX));
      default -> failed();
    };
  }
}
