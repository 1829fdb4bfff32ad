package io.conclave.raft;

import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Makes the journal actor, so that this module needs not know how it stores things.
 *
 * <p>The actor accepts {@link Journal.Command}, sends {@link Journal.Recovered} to {@code owner}
 * once per start, before anything else, and stops itself on any exception. It calls the exit
 * handler with {@link ExitCode#JOURNAL_FAILED} as soon as a write or sync failed, and with {@link
 * ExitCode#DAMAGED_DATA} when its recovery finds damage, or {@link ExitCode#START_REFUSED} when the
 * files can't be read or written at all, and answers nothing after that.
 */
public interface JournalFactory {
  Props create(ActorRef<Journal.Reply> owner, ExitHandler exit);

  /** The snapshots beside the journal, for the exchange with other members. */
  SnapshotFiles snapshots();

  /**
   * Whether the disk has room for what an append may need. While it has not, writes are refused and
   * reads go on. Asked at each tick, so the answer must take microseconds.
   */
  boolean hasSpace();
}
