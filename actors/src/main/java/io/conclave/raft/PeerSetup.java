package io.conclave.raft;

import io.conclave.raft.peer.BootCounter;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.PinStore;
import io.conclave.raft.peer.Pins;

/**
 * What a member needs in order to know its peers and be known by them.
 *
 * @param incarnation names the data dir; drawn when it was made
 * @param boots counts the starts on it; the nonce of a boot is also the one in its request ids
 * @param pins what the data dir remembers of the peers when the process starts
 * @param pinStore where that is kept from now on
 * @param address host and port at which Artery of this process is reached, spelled as in the first
 *     of the member's own peer URLs; see {@link io.conclave.raft.peer.PeerAddress}
 */
public record PeerSetup(
    Incarnation incarnation, BootCounter boots, Pins pins, PinStore pinStore, String address) {}
