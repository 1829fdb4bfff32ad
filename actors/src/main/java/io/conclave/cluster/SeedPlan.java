package io.conclave.cluster;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberView;
import io.conclave.raft.peer.PeerAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whom to ask to be let into the Pekko Cluster, as Raft dictates. Only the first seed may form a
 * cluster, and that is the leader: it joins whoever answers, else it begins alone.
 */
final class SeedPlan {
  private SeedPlan() {}

  /** Addresses as {@code host:port}, the leader's first; empty as long as no leader is known. */
  static List<String> seeds(MemberView view, List<ClusterMember> members, String ownAddress) {
    Optional<ClusterMember> leader =
        members.stream().filter(member -> member.id().equals(view.leader())).findFirst();
    if (leader.isEmpty()) {
      return List.of();
    }
    boolean leads = view.leader().equals(view.self());
    Stream<String> first = leads ? Stream.of(ownAddress) : address(leader.get());
    Stream<String> others =
        members.stream()
            .filter(member -> !member.equals(leader.get()) && !member.id().equals(view.self()))
            .flatMap(SeedPlan::address);
    return Stream.concat(first, others).toList();
  }

  private static Stream<String> address(ClusterMember member) {
    return member.peerUrls().stream()
        .sorted()
        .limit(1)
        .flatMap(url -> PeerAddress.ofUrl(url).stream());
  }
}
