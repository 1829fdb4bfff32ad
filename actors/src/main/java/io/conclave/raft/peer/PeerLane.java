package io.conclave.raft.peer;

/**
 * Where messages between members go. The recipient's path decides which of Artery's connections
 * carries them (architecture §8.7): all but {@link #MEMBER} use the one for large messages.
 */
public enum PeerLane {
  MEMBER("/user/raft/member"),
  BULK("/user/raft/bulk"),
  SNAPSHOT_RECEIVER("/user/raft/snapshots/receiver"),
  SNAPSHOT_SENDER("/user/raft/snapshots/sender");

  /** Greetings go here, by selection. */
  public static final String REGISTRY_PATH = "/user/raft/peers";

  private final String path;

  PeerLane(String path) {
    this.path = path;
  }

  public String path() {
    return path;
  }
}
