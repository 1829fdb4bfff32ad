package io.conclave.keyspace.tree;

import io.conclave.raft.core.MemberId;
import java.util.List;

/**
 * A member as {@code /v2/members} shows it: the applied configuration and what the member published
 * about itself.
 *
 * @param name "" for one that was added at run time and has not started yet
 * @param clientUrls empty until it has published them
 */
public record ClusterMember(
    MemberId id, String name, List<String> peerUrls, List<String> clientUrls) {
  public ClusterMember {
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
  }
}
