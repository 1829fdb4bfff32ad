package io.conclave.node;

import io.conclave.http.MemberUrl;
import io.conclave.raft.peer.PeerAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where the peers reach Artery of this process: the first of the member's sorted peer URLs. Fixed
 * for the life of the process, and compared as text by whoever connects.
 *
 * @param host IPv6 addresses in brackets
 */
record ArteryAddress(String host, int port) {
  /** Of a member whose URL is no address that anybody could connect to. */
  private static final ArteryAddress NOWHERE = new ArteryAddress("localhost", 1);

  static ArteryAddress of(List<MemberUrl> peerUrls) {
    return peerUrls.stream().sorted().findFirst().flatMap(ArteryAddress::of).orElse(NOWHERE);
  }

  private static Optional<ArteryAddress> of(MemberUrl url) {
    Optional<Integer> port = url.portNumber().filter(number -> number > 0);
    return port.flatMap(_ -> PeerAddress.ofUrl(url.toString()))
        .map(text -> new ArteryAddress(text.substring(0, text.lastIndexOf(':')), port.get()));
  }

  /** As greetings carry it. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
