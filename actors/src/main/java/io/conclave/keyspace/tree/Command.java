package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import java.util.List;

/**
 * A change of the key space, decided by the request alone; what it does to which tree is told in
 * spec v2-keys §5.
 */
public sealed interface Command {

  /** What a compare-and-swap or compare-and-delete demands of the node; both parts must hold. */
  record Condition(boolean hasPrevValue, Bytes prevValue, long prevIndex) {
    /**
     * @param prevIndex unsigned, 0 for none
     */
    public static Condition index(long prevIndex) {
      return new Condition(false, Bytes.EMPTY, prevIndex);
    }

    public static Condition value(Bytes prevValue) {
      return new Condition(true, prevValue, 0);
    }
  }

  /** Replaces or creates a file, or an empty directory if {@code dir}. */
  record Set(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh) implements Command {}

  /** Creates a file or directory that must not exist. */
  record Create(KeyPath key, Bytes value, boolean dir, Ttl ttl) implements Command {}

  /** Creates a child named by the new index, 20 digits (spec v2-keys §11). */
  record CreateInOrder(KeyPath parent, Bytes value, boolean dir, Ttl ttl) implements Command {}

  /**
   * Changes the value or TTL of an existing node.
   *
   * @param dir the client asked for a directory; on a file that is error 104 (divergence 1)
   */
  record Update(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh)
      implements Command {}

  /** An update under a condition. */
  record CompareAndSwap(
      KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh, Condition condition)
      implements Command {}

  /**
   * @param recursive implies {@code dir}
   */
  record Delete(KeyPath key, boolean dir, boolean recursive) implements Command {}

  record CompareAndDelete(KeyPath key, Condition condition) implements Command {}

  /**
   * Expires what is due at the entry's own stamp, at most {@link KeySpace#EXPIRE_MAX} nodes, in
   * order of their deadline. Proposed by the leader only.
   */
  record Sync() implements Command {}

  /** A member tells its name and client URLs, at each of its starts. */
  record Publish(MemberId member, String name, List<String> clientUrls) implements Command {
    public Publish {
      clientUrls = List.copyOf(clientUrls);
    }
  }

  /** The leader sets or raises the version that all members support, such as {@code 2.3.0}. */
  record SetClusterVersion(String version) implements Command {}
}
