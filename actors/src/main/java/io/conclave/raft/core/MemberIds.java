package io.conclave.raft.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/**
 * How ids come about: from what everybody knows, so that nobody has to ask for one (spec v2-cluster
 * §4). Each is the first eight bytes of a SHA-1.
 */
public final class MemberIds {
  private MemberIds() {}

  /**
   * Of a member of the initial cluster.
   *
   * @param peerUrls in any order
   * @param token of the cluster
   */
  public static MemberId ofFounder(Collection<String> peerUrls, String token) {
    return new MemberId(first8OfSha1((sorted(peerUrls) + token).getBytes(UTF_8)));
  }

  /**
   * Of a member that joins later. The time takes the place of the token, so that a member which
   * comes back under its old URLs gets another id.
   *
   * @param peerUrls in any order
   * @param unixSeconds when it was added
   */
  public static MemberId ofAdded(Collection<String> peerUrls, long unixSeconds) {
    return ofFounder(peerUrls, Long.toString(unixSeconds));
  }

  /** Of the cluster that these members found. */
  public static long ofCluster(Collection<MemberId> founders) {
    ByteBuffer ids = ByteBuffer.allocate(founders.size() * Long.BYTES);
    founders.stream().sorted().forEach(id -> ids.putLong(id.value()));
    return first8OfSha1(ids.array());
  }

  private static String sorted(Collection<String> peerUrls) {
    List<String> urls = peerUrls.stream().sorted().toList();
    return String.join("", urls);
  }

  private static long first8OfSha1(byte[] input) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(input)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
