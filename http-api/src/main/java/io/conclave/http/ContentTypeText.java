package io.conclave.http;

import java.util.Locale;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.MediaType;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * The Content-Type of a request as text. Pekko keeps what it can parse in the entity, and what it
 * can't as a plain header beside an entity of octets; it forgets the case of media types and
 * charsets.
 */
public final class ContentTypeText {
  /** Pekko's own have a charset once and for all, and drop one that is given. */
  private static final MediaType JSON = MediaTypes.applicationWithOpenCharset("json");

  /** Another one than Pekko assumes for a request without a Content-Type. */
  private static final MediaType OCTETS = MediaTypes.applicationBinary("octet-stream", false);

  private ContentTypeText() {}

  /** Settings by which {@link #of} can tell what was sent. */
  static ServerSettings into(ServerSettings settings) {
    return settings.withParserSettings(
        settings.getParserSettings().withCustomMediaTypes(JSON, OCTETS));
  }

  /** "" if there is none. */
  public static String of(HttpRequest request) {
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("content-type")) {
        return header.value();
      }
    }
    ContentType parsed = request.entity().getContentType();
    if (parsed.mediaType() == MediaTypes.APPLICATION_OCTET_STREAM) {
      return "";
    }
    return parsed
        .getCharsetOption()
        .map(charset -> charset.value())
        .map(name -> parsed.toString().replace(name, name.toLowerCase(Locale.ROOT)))
        .orElseGet(parsed::toString);
  }
}
