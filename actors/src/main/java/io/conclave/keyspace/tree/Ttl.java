package io.conclave.keyspace.tree;

/** The time to live that a request asks for (spec v2-keys §8). */
public sealed interface Ttl {
  /** The node becomes, or stays, permanent. */
  Ttl PERMANENT = new Permanent();

  /** No TTL: an existing one is removed. */
  record Permanent() implements Ttl {}

  /**
   * A number of seconds from the moment the leader stamps the entry.
   *
   * @param unsigned as the client gave it, the bits of an unsigned 64-bit number; how values out of
   *     range behave is told in spec v2-keys §8
   */
  record Seconds(long unsigned) implements Ttl {}
}
