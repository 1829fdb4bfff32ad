package io.conclave.cluster;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberView;
import io.conclave.raft.Publications;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.PeerProgress;
import io.conclave.raft.peer.PeerAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom to ask to be let into the Pekko Cluster, as Raft dictates. Only the first seed may form a
 * cluster, and that is the leader: it joins whoever answers, else it begins alone. Everybody else
 * asks the leader. So only members are asked that Raft is in touch with: at the address of one that
 * is gone, somebody else's member may run by now.
 *
 * @param view of this member
 * @param members by the applied configuration
 * @param active whom this member, as leader, has heard of lately
 */
record SeedPlan(MemberView view, List<ClusterMember> members, Set<MemberId> active) {
  static SeedPlan of(Publications raft) {
    return new SeedPlan(
        raft.view().get(),
        raft.tree().get().members(),
        raft.progress().get().stream()
            .filter(PeerProgress::active)
            .map(PeerProgress::peer)
            .collect(Collectors.toSet()));
  }

  /** Addresses as {@code host:port}; empty as long as nobody is to be asked. */
  List<String> seeds(String ownAddress) {
    return view.leader().equals(view.self()) ? seedsOfLeader(ownAddress) : address(view.leader());
  }

  /**
   * Of several members a leader is in touch with one at least, or it is not the leader for long.
   */
  private List<String> seedsOfLeader(String ownAddress) {
    List<String> others =
        members.stream()
            .map(ClusterMember::id)
            .filter(id -> active.contains(id) && !id.equals(view.self()))
            .flatMap(id -> address(id).stream())
            .toList();
    boolean isAlone = members.size() == 1;
    return isAlone || !others.isEmpty()
        ? Stream.concat(Stream.of(ownAddress), others.stream()).toList()
        : List.of();
  }

  private List<String> address(MemberId id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .flatMap(member -> member.peerUrls().stream().sorted().limit(1))
        .map(PeerAddress::ofUrl)
        .flatMap(Optional::stream)
        .toList();
  }
}
