package io.conclave.testkit.wire;

import io.conclave.raft.core.Bytes;

/** A whole response; the body is free of its transfer encoding. */
public record WireResponse(WireHead head, Bytes body) {}
