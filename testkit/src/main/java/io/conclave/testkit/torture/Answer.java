package io.conclave.testkit.torture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireResponse;

/**
 * What a member answered to a request about keys.
 *
 * @param index X-Etcd-Index, 0 where the answer has none
 * @param body missing where the answer is no JSON
 */
record Answer(int status, long index, JsonNode body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The key does not exist. */
  static final int KEY_NOT_FOUND = 100;

  /** The comparison failed. */
  static final int COMPARE_FAILED = 101;

  /** The history of events does not reach back to the index. */
  static final int EVENT_INDEX_CLEARED = 401;

  static Answer of(WireResponse response) {
    long index = response.head().header("X-Etcd-Index").map(Long::parseLong).orElse(0L);
    return new Answer(response.head().status(), index, parse(response.body().utf8()));
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException notJson) {
      return JSON.missingNode();
    }
  }

  boolean isDone() {
    return status == 200 || status == 201;
  }

  /** Whether the member can't tell, or won't now: the request may still take effect. */
  boolean isInDoubt() {
    return status >= 500;
  }

  boolean isError(int code) {
    return errorCode() == code;
  }

  int errorCode() {
    return body.path("errorCode").asInt();
  }

  String value() {
    return body.path("node").path("value").asText();
  }

  String key() {
    return body.path("node").path("key").asText();
  }

  long modifiedIndex() {
    return body.path("node").path("modifiedIndex").asLong();
  }
}
