package io.conclave.http.members;

import io.conclave.raft.core.MemberId;
import java.util.List;

/** A request to change the cluster, as far as it can be judged by itself. */
sealed interface MemberRequest {
  /**
   * @param peerUrls sorted, not empty
   */
  record Add(List<String> peerUrls) implements MemberRequest {}

  /**
   * @param peerUrls sorted, not empty
   */
  record Update(MemberId id, List<String> peerUrls) implements MemberRequest {}

  record Remove(MemberId id) implements MemberRequest {}

  /** It can't be taken, whatever the cluster is like. */
  record Invalid(int status, String message) implements MemberRequest {}
}
