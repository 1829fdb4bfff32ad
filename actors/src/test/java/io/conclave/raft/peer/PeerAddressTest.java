package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerAddressTest {
  @Test
  void hostAndPortOfAUrl() {
    assertEquals(
        Optional.of("infra1.example:2380"), PeerAddress.ofUrl("http://infra1.example:2380"));
    assertEquals(Optional.of("[::1]:65535"), PeerAddress.ofUrl("http://[::1]:65535"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://infra1",
        "http://infra1:0",
        "http://infra1:65536",
        "http://infra1:99999",
        "http://user@infra1:2380",
        "no URL"
      })
  void whatCanNotBeConnectedToIsNoAddress(String url) {
    assertEquals(Optional.empty(), PeerAddress.ofUrl(url));
  }
}
