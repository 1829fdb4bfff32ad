package io.conclave.raft;

import io.conclave.raft.core.MemberId;
import java.util.List;

/**
 * Who this member is.
 *
 * @param clusterId derived from the initial members (spec v2-cluster §4)
 * @param name published into the key space at each start
 * @param clientUrls likewise
 */
public record MemberIdentity(MemberId self, long clusterId, String name, List<String> clientUrls) {
  public MemberIdentity {
    clientUrls = List.copyOf(clientUrls);
  }
}
