package io.conclave.node;

import io.conclave.raft.core.MemberId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who the data in a directory belongs to. Written when the directory is first used and with every
 * boot; a restarted member takes its ids from here and not from its flags.
 *
 * @param member its id
 * @param clusterId unsigned
 * @param incarnation 32 hex digits, drawn at random when the directory was first used: tells a
 *     wiped directory from the one that was there
 * @param boot starts of the Raft subtree on this directory
 * @param joined whether the member was added to a cluster that existed
 * @param formed whether the journal's first entry was synced once. Before that nothing was ever
 *     promised, and the start may begin anew; after that an empty journal means lost data
 */
public record Identity(
    MemberId member,
    long clusterId,
    String incarnation,
    long boot,
    boolean joined,
    boolean formed) {
  private static final String VERSION = "conclave-identity 1";

  /** Of a directory that is used for the first time. */
  static Identity of(Bootstrap bootstrap, RandomGenerator random) {
    String incarnation = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    return new Identity(
        bootstrap.self(),
        bootstrap.clusterId(),
        incarnation,
        0,
        bootstrap.founders().isEmpty(),
        false);
  }

  /** The same member, started once more. */
  Identity booted() {
    return new Identity(member, clusterId, incarnation, boot + 1, joined, formed);
  }

  /** The same member, from the moment on that its journal's first entry is synced. */
  public Identity asFormed() {
    return new Identity(member, clusterId, incarnation, boot, joined, true);
  }

  /** Whether the directory was first used by the member that {@code bootstrap} makes. */
  boolean isOf(Bootstrap bootstrap) {
    return member.equals(bootstrap.self())
        && clusterId == bootstrap.clusterId()
        && joined == bootstrap.founders().isEmpty();
  }

  /** The text of the identity file. */
  String encode() {
    return CheckedLines.seal(
        List.of(
            VERSION,
            "member " + member,
            "cluster " + Long.toHexString(clusterId),
            "incarnation " + incarnation,
            "boot " + boot,
            "joined " + joined,
            "formed " + formed));
  }

  /** Empty if {@code text} is not what {@link #encode} wrote, whole and unchanged. */
  static Optional<Identity> decode(String text) {
    return CheckedLines.open(text)
        .filter(lines -> lines.getFirst().equals(VERSION))
        .map(Identity::of);
  }

  private static Identity of(List<String> lines) {
    Map<String, String> fields = new HashMap<>();
    lines.stream()
        .map(line -> line.split(" ", 2))
        .forEach(field -> fields.put(field[0], field.length == 2 ? field[1] : ""));
    return new Identity(
        MemberId.parse(fields.get("member")),
        Long.parseUnsignedLong(fields.get("cluster"), 16),
        fields.get("incarnation"),
        Long.parseLong(fields.get("boot")),
        Boolean.parseBoolean(fields.get("joined")),
        Boolean.parseBoolean(fields.get("formed")));
  }
}
