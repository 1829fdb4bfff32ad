package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.conclave.raft.core.MemberId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Who the data in a directory belongs to. Written when the directory is first used and with every
 * boot; a restarted member takes its ids from here and not from its flags.
 *
 * @param member its id
 * @param clusterId unsigned
 * @param incarnation 32 hex digits, drawn at random when the directory was first used: tells a
 *     wiped directory from the one that was there
 * @param boot starts of the process on this directory, from 1
 * @param formed whether the journal's first entry was synced once. Before that nothing was ever
 *     promised, and the start may begin anew; after that an empty journal means lost data
 */
public record Identity(
    MemberId member, long clusterId, String incarnation, long boot, boolean formed) {
  private static final String VERSION = "conclave-identity 1";

  /** Of a directory that is used for the first time. */
  static Identity of(Bootstrap bootstrap, RandomGenerator random) {
    String incarnation = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    return new Identity(bootstrap.self(), bootstrap.clusterId(), incarnation, 1, false);
  }

  /** The same member, started once more. */
  Identity booted() {
    return new Identity(member, clusterId, incarnation, boot + 1, formed);
  }

  /** The same member, from the moment on that its journal's first entry is synced. */
  public Identity asFormed() {
    return new Identity(member, clusterId, incarnation, boot, true);
  }

  /** The text of the identity file: a line for each field and one for the CRC of those before. */
  String encode() {
    String body =
        "%s\nmember %s\ncluster %s\nincarnation %s\nboot %d\nformed %b\n"
            .formatted(VERSION, member, Long.toHexString(clusterId), incarnation, boot, formed);
    return body + "crc32c " + crc(body) + "\n";
  }

  /** Empty if {@code text} is not what {@link #encode} wrote, whole and unchanged. */
  static Optional<Identity> decode(String text) {
    int end = text.lastIndexOf("crc32c ");
    if (end < 0 || !text.startsWith(VERSION + "\n")) {
      return Optional.empty();
    }
    String body = text.substring(0, end);
    if (!text.substring(end).equals("crc32c " + crc(body) + "\n")) {
      return Optional.empty();
    }
    Map<String, String> fields = new HashMap<>();
    body.lines()
        .map(line -> line.split(" ", 2))
        .forEach(field -> fields.put(field[0], field.length == 2 ? field[1] : ""));
    return Optional.of(
        new Identity(
            MemberId.parse(fields.get("member")),
            Long.parseUnsignedLong(fields.get("cluster"), 16),
            fields.get("incarnation"),
            Long.parseLong(fields.get("boot")),
            Boolean.parseBoolean(fields.get("formed"))));
  }

  private static String crc(String body) {
    var crc = new CRC32C();
    crc.update(body.getBytes(UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
