package io.conclave.http.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.conclave.http.MemberGateways.LogLevel;
import io.conclave.http.MemberGateways.LogLevels;
import io.conclave.http.MessageErrors;
import io.conclave.http.RequestBodies;
import io.conclave.http.Responses;
import io.conclave.raft.core.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code PUT /config/local/log} sets the level of the log (spec v2-cluster §11). */
final class LogLevelRoute {
  private static final int BODY_BYTES_MAX = 64 << 10;

  /** Reads one JSON value and lets anything follow it. */
  private static final ObjectReader JSON =
      new ObjectMapper().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final LogLevels levels;
  private final RequestBodies bodies;

  LogLevelRoute(LogLevels levels, RequestBodies bodies) {
    this.levels = levels;
    this.bodies = bodies;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    boolean put = request.method().value().equals("PUT");
    return bodies
        .read(request, BODY_BYTES_MAX)
        .thenApply(
            body ->
                !put
                    ? Responses.methodNotAllowed("PUT")
                    : body.map(this::set).orElseGet(MessageErrors::tooManyRequests));
  }

  private HttpResponse set(Bytes body) {
    Optional<String> given = levelField(body);
    if (given.isEmpty()) {
      return MessageErrors.of(400, "Invalid json body", List.of());
    }
    Optional<LogLevel> level = level(given.get().toUpperCase(Locale.ROOT));
    if (level.isEmpty()) {
      return MessageErrors.of(400, "Invalid log level " + given.get(), List.of());
    }
    levels.set(level.get());
    return Responses.empty(204);
  }

  /** The text of the field {@code Level}, whose name may be in any case; "" if it is missing. */
  private static Optional<String> levelField(Bytes body) {
    try {
      JsonNode json = JSON.readTree(body.unsafeArray());
      if (!json.isObject()) {
        return Optional.empty();
      }
      String level = "";
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (field.getKey().equalsIgnoreCase("level")) {
          if (!field.getValue().isTextual()) {
            return Optional.empty();
          }
          level = field.getValue().textValue();
        }
      }
      return Optional.of(level);
    } catch (JsonProcessingException malformed) {
      return Optional.empty();
    } catch (java.io.IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
  }

  private static Optional<LogLevel> level(String name) {
    return switch (name) {
      case "CRITICAL", "C" -> Optional.of(LogLevel.CRITICAL);
      case "ERROR", "E", "0" -> Optional.of(LogLevel.ERROR);
      case "WARNING", "W", "1" -> Optional.of(LogLevel.WARNING);
      case "NOTICE", "N", "2" -> Optional.of(LogLevel.NOTICE);
      case "INFO", "I", "3" -> Optional.of(LogLevel.INFO);
      case "DEBUG", "D", "4" -> Optional.of(LogLevel.DEBUG);
      case "TRACE", "T", "5" -> Optional.of(LogLevel.TRACE);
      default -> Optional.empty();
    };
  }
}
