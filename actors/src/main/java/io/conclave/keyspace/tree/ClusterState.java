package io.conclave.keyspace.tree;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the replicated state knows about the cluster itself.
 *
 * @param membership the configuration as applied
 * @param published by member, what it told at its latest start; read-only
 * @param version "" until the first decision
 */
public record ClusterState(
    Membership membership, NavigableMap<MemberId, Attributes> published, String version) {
  static final ClusterState NONE = new ClusterState(Membership.EMPTY, new TreeMap<>(), "");

  /** What a member tells about itself. */
  public record Attributes(String name, List<String> clientUrls) {
    public Attributes {
      clientUrls = List.copyOf(clientUrls);
    }
  }

  public ClusterState {
    published = Collections.unmodifiableNavigableMap(new TreeMap<>(published));
  }

  ClusterState withMembership(Membership changed) {
    NavigableMap<MemberId, Attributes> remaining = new TreeMap<>(published);
    remaining.keySet().retainAll(changed.members().keySet());
    return new ClusterState(changed, remaining, version);
  }

  ClusterState withAttributes(MemberId member, Attributes attributes) {
    NavigableMap<MemberId, Attributes> changed = new TreeMap<>(published);
    changed.put(member, attributes);
    return new ClusterState(membership, changed, version);
  }

  ClusterState withVersion(String changed) {
    return new ClusterState(membership, published, changed);
  }

  /** By id. */
  List<ClusterMember> members() {
    return membership.members().values().stream().map(this::shown).toList();
  }

  private ClusterMember shown(Membership.Member member) {
    Attributes attributes =
        published.getOrDefault(member.id(), new Attributes(member.name(), List.of()));
    return new ClusterMember(
        member.id(), attributes.name(), member.peerUrls(), attributes.clientUrls());
  }
}
