package io.conclave.http;

import io.conclave.raft.MemberAccess;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.util.ByteString;

/** Errors of every API but the keys: {@code {"message":"…"}} (spec v2-cluster §2). */
public final class MessageErrors {
  private MessageErrors() {}

  public static HttpResponse of(int status, String message, Iterable<HttpHeader> headers) {
    JsonBytes json = new JsonBytes(64 + message.length());
    ByteString body = json.raw("{\"message\":").string(message).raw('}').toByteString();
    return Responses.of(status, Responses.JSON, body, headers);
  }

  /** Bodies that are being read leave no room for another one. */
  public static HttpResponse tooManyRequests() {
    return of(503, MemberAccess.TOO_MANY_REQUESTS, List.of());
  }

  /** For routes whose feature comes with a later version. */
  public static HttpResponse notImplementedYet(Iterable<HttpHeader> headers) {
    return of(501, "not implemented yet", headers);
  }
}
