package io.conclave.testkit.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.raft.core.Bytes;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireHeader;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The members API, asked at one member. */
record Members(MemberProcess asked) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/v2/members";

  static Members of(MemberProcess asked) {
    return new Members(asked);
  }

  /** Tells the cluster of a member that is to be started. */
  void add(MemberProcess member) throws IOException {
    expect(201, tryAdd(member.peerUrl()));
  }

  void remove(MemberProcess member) throws IOException {
    expect(204, tryRemove(id(member)));
  }

  WireResponse tryAdd(URI peerUrl) throws IOException {
    String body = "{\"peerURLs\":[\"" + peerUrl + "\"]}";
    return exchange(
        new WireRequest(
            "POST",
            PATH,
            List.of(new WireHeader("Content-Type", "application/json")),
            Optional.of(Bytes.utf8(body))));
  }

  WireResponse tryRemove(String id) throws IOException {
    return exchange(new WireRequest("DELETE", PATH + "/" + id, List.of(), Optional.empty()));
  }

  String id(MemberProcess member) throws IOException {
    String list = exchange(WireRequest.get(PATH)).body().utf8();
    for (JsonNode known : JSON.readTree(list).path("members")) {
      if (known.path("peerURLs").path(0).asText().equals(member.peerUrl().toString())) {
        return known.path("id").asText();
      }
    }
    throw new AssertionError(member.name() + " is none of " + list);
  }

  private WireResponse exchange(WireRequest request) throws IOException {
    return WireConnection.exchange(asked.clientUrl(), request, ProcessCluster.PATIENCE);
  }

  private void expect(int status, WireResponse response) {
    if (response.head().status() != status) {
      throw new AssertionError(
          response.head().status() + " " + response.body().utf8() + asked.lastWords());
    }
  }
}
