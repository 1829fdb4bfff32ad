package io.conclave.http.members;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.conclave.raft.core.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The body of a request that adds or updates a member: {@code {"peerURLs":["http://…",…]}}. Names
 * may be in any case, others than this are ignored, nothing may follow, and {@code null} stands for
 * what is missing.
 */
sealed interface PeerUrlsBody {
  /**
   * @param given as they were sent, perhaps none
   */
  record Urls(List<String> given) implements PeerUrlsBody {}

  /** The body is no JSON, or none of this form. */
  record Malformed(String problem) implements PeerUrlsBody {}

  static PeerUrlsBody read(Bytes body) {
    return Reader.read(body);
  }

  /** The only maker of them. */
  final class Reader {
    private static final ObjectReader JSON =
        new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String NAME = "peerURLs";
    private static final String ENDS_EARLY = "unexpected end of JSON input";

    private Reader() {}

    private static PeerUrlsBody read(Bytes body) {
      try {
        JsonNode json = JSON.readTree(body.unsafeArray());
        return json.isMissingNode() ? new Malformed(ENDS_EARLY) : ofObject(json);
      } catch (JsonEOFException early) {
        return new Malformed(ENDS_EARLY);
      } catch (JsonProcessingException malformed) {
        return new Malformed(problem(body, malformed));
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }

    /** A body that is no JSON from the start is told as etcd tells it; clients get that wrong. */
    private static String problem(Bytes body, JsonProcessingException malformed) {
      String text = body.utf8().stripLeading();
      if (!text.isEmpty() && "{[\"-0123456789tfn".indexOf(text.charAt(0)) < 0) {
        return "invalid character '%s' looking for beginning of value"
            .formatted(text.substring(0, text.offsetByCodePoints(0, 1)));
      }
      return malformed.getLocation() == null
          ? "the request body is nested too deeply"
          : "the request body is no JSON from byte %d on"
              .formatted(Math.max(0, malformed.getLocation().getByteOffset()));
    }

    private static PeerUrlsBody ofObject(JsonNode json) {
      if (!json.isObject() && !json.isNull()) {
        return new Malformed("%s in place of an object with %s".formatted(kind(json), NAME));
      }
      PeerUrlsBody urls = new Urls(List.of());
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (field.getKey().equalsIgnoreCase(NAME)) {
          urls = ofArray(field.getValue());
        }
        if (urls instanceof Malformed) {
          return urls;
        }
      }
      return urls;
    }

    private static PeerUrlsBody ofArray(JsonNode array) {
      if (array.isNull()) {
        return new Urls(List.of());
      }
      if (!array.isArray()) {
        return new Malformed("%s in place of the array %s".formatted(kind(array), NAME));
      }
      List<String> given = new ArrayList<>(array.size());
      for (JsonNode url : array) {
        if (!url.isTextual() && !url.isNull()) {
          return new Malformed("%s in place of a URL in %s".formatted(kind(url), NAME));
        }
        given.add(url.isNull() ? "" : url.textValue());
      }
      return new Urls(given);
    }

    private static String kind(JsonNode json) {
      String kind = json.getNodeType().name().toLowerCase(Locale.ROOT);
      return (kind.matches("[aeiou].*") ? "an " : "a ") + kind;
    }
  }
}
