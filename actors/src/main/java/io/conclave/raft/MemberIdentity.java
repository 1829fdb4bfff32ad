package io.conclave.raft;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import java.util.List;

/**
 * Who this member is and which cluster it begins.
 *
 * @param clusterId derived from the initial members (spec v2-cluster §4)
 * @param name published into the key space at each start
 * @param clientUrls likewise
 * @param initial the configuration that an empty journal begins with; contains {@code self}
 */
public record MemberIdentity(
    MemberId self, long clusterId, String name, List<String> clientUrls, Membership initial) {
  public MemberIdentity {
    clientUrls = List.copyOf(clientUrls);
    require(initial.member(self).isPresent(), "member %s is not in its own cluster", self);
  }
}
