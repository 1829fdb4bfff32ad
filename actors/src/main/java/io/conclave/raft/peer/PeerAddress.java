package io.conclave.raft.peer;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port at which Artery of a member is reached. Compared as text everywhere: Artery drops a
 * handshake that spells its own address differently.
 */
public final class PeerAddress {
  /** Name of every member's actor system. */
  public static final String SYSTEM = "conclave";

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");

  private static final int PORT_MAX = 0xFFFF;

  private PeerAddress() {}

  /** The address within a peer URL; empty if it has none. */
  public static Optional<String> ofUrl(String peerUrl) {
    try {
      return Optional.ofNullable(URI.create(peerUrl).getRawAuthority())
          .filter(PeerAddress::isAddress);
    } catch (IllegalArgumentException noUrl) {
      return Optional.empty();
    }
  }

  /** Whether it is a host and a port and nothing else; what a peer says need not be. */
  static boolean isAddress(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group(2));
    return port >= 1 && port <= PORT_MAX;
  }

  /** The path of an actor there, for resolving or selecting. */
  static String path(String address, String actor) {
    return "pekko://" + SYSTEM + "@" + address + actor;
  }
}
