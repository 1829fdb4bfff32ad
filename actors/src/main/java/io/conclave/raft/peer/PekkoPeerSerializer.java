package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import org.apache.pekko.serialization.JSerializer;

/**
 * Puts {@link PeerEnvelope} on Artery's wire; named in {@code reference.conf}. Bytes that are none
 * of ours throw, and Artery drops the message.
 */
public final class PekkoPeerSerializer extends JSerializer {
  /** Stands in every message; must be the same on all members, for ever. */
  private static final int IDENTIFIER = 2379;

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public boolean includeManifest() {
    return false;
  }

  @Override
  public byte[] toBinary(Object envelope) {
    return PeerEnvelopeCodec.encode((PeerEnvelope) envelope).unsafeArray();
  }

  @Override
  public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
    return PeerEnvelopeCodec.decode(Bytes.adopt(bytes));
  }
}
