package io.conclave.raft.peer;

/**
 * Where messages between members go. The recipient's path decides which of Artery's connections
 * carries them (architecture §8.7): all but {@link #MEMBER} use the one for large messages.
 *
 * <p>Each boot has paths of its own. Artery remembers which actor a path led to and does not look
 * again when that has ended, so after a supervised restart nothing would reach an actor under the
 * path of its predecessor.
 */
public enum PeerLane {
  MEMBER("/user/raft/", "member-%d"),
  BULK("/user/raft/bulk/", "assembler-%d"),
  SNAPSHOT_RECEIVER("/user/raft/snapshots/", "receiver-%d"),
  SNAPSHOT_SENDER("/user/raft/snapshots/", "sender-%d");

  /** Greetings go here, by selection, whatever the boot. */
  public static final String REGISTRY_PATH = "/user/raft/peers";

  private final String parent;
  private final String name;

  PeerLane(String parent, String name) {
    this.parent = parent;
    this.name = name;
  }

  /** Of the actor that receives what is meant for this boot. */
  public String path(Boot boot) {
    return parent + name(boot);
  }

  /** The last part of that. */
  public String name(Boot boot) {
    return name.formatted(boot.counter());
  }
}
