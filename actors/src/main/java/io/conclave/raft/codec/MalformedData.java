package io.conclave.raft.codec;

/** Bytes that should be ours can't be read: damage, or a format of a later version. */
public final class MalformedData extends RuntimeException {
  private static final long serialVersionUID = 1;

  public MalformedData(String message) {
    super(message);
  }
}
