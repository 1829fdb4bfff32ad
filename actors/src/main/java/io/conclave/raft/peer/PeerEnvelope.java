package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

/**
 * The only thing that crosses the network between members, and the only message from outside that
 * any actor of ours accepts.
 *
 * @param receiver the boot it is meant for; another boot drops it. {@link Boot#NONE} in greetings
 *     and refusals
 * @param number ascending for each lane to this boot, from 1, so that a repeated one is known; 0
 *     where repetition does no harm
 */
public record PeerEnvelope(Origin origin, Boot receiver, long number, PeerMessage message)
    implements PeerRegistry.Command,
        BulkAssembler.Command,
        SnapshotSender.Command,
        SnapshotReceiver.Command {
  public PeerEnvelope {
    require(number >= 0, "negative message number %d", number);
  }
}
