package io.conclave.node;

import io.conclave.http.MemberUrl;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.core.MemberId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The members' peer URLs as this one saw them last, in a file of the data directory. Only the log
 * knows the members; but the address of Artery has to be known before the log is read, and a data
 * directory that was swapped with another member's should be noticed before it says anything.
 *
 * @param byMember read-only
 */
record PeerUrls(SortedMap<MemberId, List<String>> byMember) {
  /** Of a member that has noted nothing. */
  static final PeerUrls NONE = new PeerUrls(new TreeMap<>());

  private static final String FILE = "peer-urls";

  private static final String VERSION = "conclave-peer-urls 1";

  PeerUrls {
    byMember = Collections.unmodifiableSortedMap(new TreeMap<>(byMember));
  }

  static PeerUrls of(List<ClusterMember> members) {
    var byMember = new TreeMap<MemberId, List<String>>();
    members.forEach(member -> byMember.put(member.id(), member.peerUrls()));
    return new PeerUrls(byMember);
  }

  /** What was noted last; empty if nothing was, or if it can't be read. */
  static Optional<PeerUrls> read(DataDirectory directory) throws IOException {
    return CheckedLines.read(directory.member().resolve(FILE))
        .flatMap(CheckedLines::open)
        .filter(lines -> lines.getFirst().equals(VERSION))
        .map(PeerUrls::ofLines);
  }

  /** Durable when it returns. */
  void write(DataDirectory directory) throws IOException {
    var lines = new ArrayList<String>(List.of(VERSION));
    byMember.forEach((member, urls) -> lines.add(member + " " + String.join(",", urls)));
    directory.replace(FILE, CheckedLines.seal(lines));
  }

  /** Sorted; empty if the member is not known. */
  List<MemberUrl> of(MemberId member) {
    return Optional.ofNullable(byMember.get(member)).map(MemberUrl::parse).orElse(List.of());
  }

  /** The member, other than {@code self}, that one of {@code urls} belongs to. */
  Optional<MemberId> otherOwner(MemberId self, List<MemberUrl> urls) {
    return byMember.keySet().stream()
        .filter(member -> !member.equals(self))
        .filter(member -> of(member).stream().anyMatch(urls::contains))
        .findFirst();
  }

  private static PeerUrls ofLines(List<String> lines) {
    var byMember = new TreeMap<MemberId, List<String>>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(" ", 2);
      byMember.put(MemberId.parse(fields[0]), List.of(fields[1].split(",")));
    }
    return new PeerUrls(byMember);
  }
}
