package io.conclave.testkit.torture;

import com.fasterxml.jackson.databind.JsonNode;

/** A change of a key, as the answer to its request and every watch tell it. */
record KeyEvent(long index, String action, String key, String value) {
  static KeyEvent of(JsonNode event) {
    JsonNode node = event.path("node");
    return new KeyEvent(
        node.path("modifiedIndex").asLong(),
        event.path("action").asText(),
        node.path("key").asText(),
        node.path("value").asText());
  }
}
