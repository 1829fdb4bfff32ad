package io.conclave.http.members;

import io.conclave.http.MemberUrl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads requests that change members; the order of the checks is that of spec v2-cluster §3. */
final class MemberRequestParser {
  /** Longest body that is read. */
  static final int BODY_BYTES_MAX = 64 << 10;

  private static final String JSON = "application/json";

  private MemberRequestParser() {}

  /**
   * @param contentType as it was sent, "" without one
   */
  static MemberRequest add(String contentType, Bytes body) {
    return withUrls(contentType, body, MemberRequest.Add::new);
  }

  /**
   * @param id as it stands in the path
   */
  static MemberRequest update(String id, String contentType, Bytes body) {
    return withId(
        id, member -> withUrls(contentType, body, urls -> new MemberRequest.Update(member, urls)));
  }

  /**
   * @param id as it stands in the path
   */
  static MemberRequest remove(String id) {
    return withId(id, MemberRequest.Remove::new);
  }

  private static MemberRequest withId(String id, Function<MemberId, MemberRequest> request) {
    Optional<MemberId> parsed = parse(id);
    return parsed.isPresent()
        ? request.apply(parsed.get())
        : new MemberRequest.Invalid(404, "No such member: " + id);
  }

  private static Optional<MemberId> parse(String id) {
    try {
      return Optional.of(MemberId.parse(id));
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  private static MemberRequest withUrls(
      String contentType, Bytes body, Function<List<String>, MemberRequest> request) {
    if (!contentType.equals(JSON)) {
      return new MemberRequest.Invalid(
          415, "Bad Content-Type %s, accept %s".formatted(contentType, JSON));
    }
    if (body.length() > BODY_BYTES_MAX) {
      return new MemberRequest.Invalid(
          413, "the request body is larger than %d bytes".formatted(BODY_BYTES_MAX));
    }
    return switch (PeerUrlsBody.read(body)) {
      case PeerUrlsBody.Malformed(String problem) -> new MemberRequest.Invalid(400, problem);
      case PeerUrlsBody.Urls(List<String> given) -> {
        Optional<String> problem = MemberUrl.problemOf(given);
        yield problem.isPresent()
            ? new MemberRequest.Invalid(400, problem.get())
            : request.apply(MemberUrl.parse(given).stream().map(MemberUrl::toString).toList());
      }
    };
  }
}
