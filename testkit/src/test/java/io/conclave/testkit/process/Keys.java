package io.conclave.testkit.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The keys of a member, for tests that need few words.
 *
 * @param timeout of one request
 */
record Keys(MemberProcess member, Duration timeout) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Keys of(MemberProcess member) {
    return new Keys(member, ProcessCluster.PATIENCE);
  }

  /** Writes, and must be told that it is done. */
  void set(String key, String value) throws IOException {
    WireResponse response = trySet(key, value);
    int status = response.head().status();
    if (status != 200 && status != 201) {
      throw new AssertionError(status + " " + response.body().utf8() + member.lastWords());
    }
  }

  WireResponse trySet(String key, String value) throws IOException {
    WireRequest put = WireRequest.form("PUT", "/v2/keys/" + key, "value=" + value);
    return WireConnection.exchange(member.clientUrl(), put, timeout);
  }

  /** Whether the member holds it by now, as far as it knows. */
  boolean holds(String key, String value) {
    try {
      return get(key, "").equals(Optional.of(value));
    } catch (IOException notNow) {
      return false;
    }
  }

  /** A linearizable read. */
  Optional<String> quorumGet(String key) throws IOException {
    return get(key, "?quorum=true");
  }

  private Optional<String> get(String key, String query) throws IOException {
    WireRequest get = WireRequest.get("/v2/keys/" + key + query);
    WireResponse response = WireConnection.exchange(member.clientUrl(), get, timeout);
    return response.head().status() == 200
        ? Optional.of(JSON.readTree(response.body().utf8()).path("node").path("value").asText())
        : Optional.empty();
  }
}
