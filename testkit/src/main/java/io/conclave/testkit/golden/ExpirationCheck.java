package io.conclave.testkit.golden;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Placeholders hide the time of an expiration; this looks whether it lies as far ahead of now as
 * the remaining time to live says, give or take 2.5 seconds.
 */
final class ExpirationCheck {
  private static final Pattern UTC =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Duration SLACK = Duration.ofMillis(2500);

  private ExpirationCheck() {}

  static List<String> complaints(String body, Instant now) {
    List<String> complaints = new ArrayList<>();
    try {
      walk(complaints, JsonParser.parse(body), now);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
    return complaints;
  }

  private static void walk(List<String> complaints, Json value, Instant now) {
    switch (value) {
      case Json.Obj object -> {
        check(complaints, object, now);
        object.members().forEach(member -> walk(complaints, member.value(), now));
      }
      case Json.Arr array -> array.elements().forEach(element -> walk(complaints, element, now));
      case Json.Str string -> {}
      case Json.Literal literal -> {}
    }
  }

  private static void check(List<String> complaints, Json.Obj object, Instant now) {
    if (object.find("expiration").orElse(null) instanceof Json.Str expiration
        && object.find("ttl").orElse(null) instanceof Json.Literal ttl
        && ttl.isInteger()
        && UTC.matcher(expiration.value()).matches()) {
      long seconds = Long.parseLong(ttl.text());
      Duration left = Duration.between(now, Instant.parse(expiration.value()));
      if (seconds > 0 && left.minusSeconds(seconds).abs().compareTo(SLACK) > 0) {
        complaints.add(
            "expiration %s is %s away, ttl %d".formatted(expiration.value(), left, seconds));
      }
    }
  }
}
