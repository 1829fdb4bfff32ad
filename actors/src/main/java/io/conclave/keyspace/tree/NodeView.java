package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.List;

/**
 * A node as an answer or an event shows it (spec v2-keys §6). What is absent in the JSON is empty,
 * zero or false here, as told at each part.
 *
 * @param key the full path; the root's is not written
 * @param hasValue {@code value} is written, also when empty
 * @param dir written only if true
 * @param hasExpiration the node has a TTL
 * @param expiration Unix time in milliseconds; meaningless unless {@code hasExpiration}
 * @param ttl remaining whole seconds, rounded up while positive; not written if 0 or without TTL
 * @param nodes visible children of a directory, not written if empty
 * @param modifiedIndex not written if 0
 * @param createdIndex not written if 0
 */
public record NodeView(
    KeyPath key,
    boolean hasValue,
    Bytes value,
    boolean dir,
    boolean hasExpiration,
    long expiration,
    long ttl,
    List<NodeView> nodes,
    long modifiedIndex,
    long createdIndex) {
  public NodeView {
    nodes = List.copyOf(nodes);
  }
}
