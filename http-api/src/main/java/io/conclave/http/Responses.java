package io.conclave.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** Answers whose text is fixed, and the content types as etcd spells them. */
public final class Responses {
  /** Without a charset, as etcd sends it. */
  public static final ContentType JSON = ContentTypes.APPLICATION_JSON;

  /** Pekko's own constant would be written {@code UTF-8}. */
  public static final ContentType TEXT =
      MediaTypes.TEXT_PLAIN.toContentType(HttpCharsets.custom("utf-8"));

  static final ContentType HTML = MediaTypes.TEXT_HTML.toContentType(HttpCharsets.custom("utf-8"));

  private static final HttpHeader NO_SNIFF = RawHeader.create("X-Content-Type-Options", "nosniff");

  private Responses() {}

  /** A whole body with its length. */
  public static HttpResponse of(int status, ContentType type, ByteString body) {
    return HttpResponse.create().withStatus(status).withEntity(HttpEntities.create(type, body));
  }

  public static HttpResponse of(
      int status, ContentType type, ByteString body, Iterable<HttpHeader> headers) {
    ResponseEntity entity = HttpEntities.create(type, body);
    return HttpResponse.create().withStatus(status).withHeaders(headers).withEntity(entity);
  }

  public static HttpResponse of(int status, ContentType type, String body) {
    return of(status, type, ByteString.fromString(body));
  }

  /** No body and no Content-Type. */
  public static HttpResponse empty(int status) {
    return HttpResponse.create().withStatus(status);
  }

  /** A body of known length that is sent while the client takes it. */
  public static HttpResponse of(
      int status,
      ContentType type,
      long length,
      Source<ByteString, Object> body,
      Iterable<HttpHeader> headers) {
    return HttpResponse.create()
        .withStatus(status)
        .withHeaders(headers)
        .withEntity(HttpEntities.create(type, length, body));
  }

  /** For paths that nothing is behind. */
  public static HttpResponse notFound() {
    return plainError(404, "404 page not found\n");
  }

  /**
   * @param allowed for the Allow header; "" leaves the header out
   */
  public static HttpResponse methodNotAllowed(String allowed) {
    HttpResponse response = plainError(405, "Method Not Allowed\n");
    return allowed.isEmpty() ? response : response.addHeader(RawHeader.create("Allow", allowed));
  }

  /** An error in plain text, marked as browsers should take it. */
  public static HttpResponse plainError(int status, String text) {
    return of(status, TEXT, text).addHeader(NO_SNIFF);
  }

  /** A request that is no HTTP, or none that we can read. */
  public static HttpResponse badRequest(String reason) {
    return of(400, TEXT, reason.isEmpty() ? "400 Bad Request" : "400 Bad Request: " + reason);
  }

  /** A request that has not come whole. */
  static HttpResponse requestTimeout(String reason) {
    return of(408, TEXT, "408 Request Timeout: " + reason);
  }

  /** A request line or headers beyond the limits. */
  public static HttpResponse headTooLarge(String reason) {
    return of(431, TEXT, "431 Request Header Fields Too Large: " + reason);
  }

  /** Leads to the cleaned path; only a GET gets a text (spec v2-keys §18). */
  static HttpResponse redirect(String location, String method) {
    HttpResponse redirect =
        HttpResponse.create()
            .withStatus(StatusCodes.MOVED_PERMANENTLY)
            .addHeader(RawHeader.create("Location", location));
    return switch (method) {
      case "GET" ->
          redirect.withEntity(
              HttpEntities.create(HTML, ByteString.fromString(redirectText(location))));
      case "HEAD" -> redirect.withEntity(HttpEntities.create(HTML, ByteString.emptyByteString()));
      default -> redirect;
    };
  }

  private static String redirectText(String location) {
    String escaped =
        location
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&#34;")
            .replace("'", "&#39;");
    return "<a href=\"" + escaped + "\">Moved Permanently</a>.\n\n";
  }

  public static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }
}
