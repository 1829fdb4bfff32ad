package io.conclave.http;

import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The Content-Type of a request as text. Pekko keeps what it can parse in the entity, and what it
 * can't as a plain header beside an entity of octets.
 */
public final class ContentTypeText {
  private ContentTypeText() {}

  /** "" if there is none. */
  public static String of(HttpRequest request) {
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("content-type")) {
        return header.value();
      }
    }
    ContentType parsed = request.entity().getContentType();
    return parsed.toString();
  }
}
