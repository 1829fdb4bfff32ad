package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;

/** A checked, complete message of a peer, handed on within the process. */
public record FromPeer(MemberId from, RaftMessage message) {}
