package io.conclave.raft;

import io.conclave.keyspace.KeySpaceActor;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerRegistry;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What one start of the member finds around it; all of it ends with it.
 *
 * @param diskHasSpace asked at each tick
 * @param durableSeq highest sequence number of the journal whose sync is confirmed; the member
 *     keeps it, envelopes carry it
 * @param keySpace starts from the recovered snapshot
 * @param files runs what {@code snapshots} does
 * @param directory signs envelopes with this boot
 * @param bootstrapHash as the registry was started with, 0 for a joiner without a log
 * @param removed called once the member has applied its own removal
 */
record Surroundings(
    ActorRef<Journal.Command> journal,
    BooleanSupplier diskHasSpace,
    AtomicLong durableSeq,
    ActorRef<KeySpaceActor.Command> keySpace,
    SnapshotFiles snapshots,
    Executor files,
    PeerDirectory directory,
    ActorRef<PeerRegistry.Command> registry,
    long bootstrapHash,
    Runnable removed) {}
