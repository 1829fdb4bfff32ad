package io.conclave.testkit.sim;

/**
 * What a run counts: the faults that it made, and the paths that are seldom taken. One that never
 * happens in all runs together has not been tested.
 */
public enum Happening {
  PROCESS_KILLED("fault: process killed"),
  POWER_LOST("fault: power lost"),
  ALL_DOWN("fault: all down at once"),
  AMBUSHED("fault: struck at a chosen moment"),
  ISOLATED("fault: one member cut off"),
  PARTITIONED("fault: partition"),
  PAUSED("fault: pause"),
  TRANSFER_ORDERED("fault: leadership transfer ordered"),
  LEADER_SUSPECTED("fault: leader suspected"),
  DISK_FULL("fault: full disk"),
  DISK_STALLED("fault: slow disk"),
  KEY_SPACE_SLOW("fault: slow key space"),
  SYNC_FAILED("fault: failed sync"),
  SNAPSHOT_FAILED("fault: failed snapshot"),
  SNAPSHOT_DAMAGED("fault: damaged snapshot"),
  RECORD_LOST("fault: lost record"),
  TAIL_LOST("fault: journal cut back under a synced record"),
  DISK_WIPED("fault: wiped disk"),
  OLD_COPY_STARTED("fault: old copy of a disk"),
  CLONE_STARTED("fault: clone of a disk"),
  CLOCK_SET("fault: wall clock set"),
  MESSAGE_DROPPED("fault: message dropped"),
  MESSAGE_REPEATED("fault: message repeated"),
  WRITE_WAITED("write waited for room"),
  TORN_TAIL("torn tail"),
  RECOVERED_SNAPSHOT("recovered from a snapshot"),
  RECOVERED_OLDER_SNAPSHOT("recovered from the older snapshot"),
  RECOVERED_CHANGE("recovered a configuration change behind a snapshot"),
  DAMAGE_FOUND("damage found at a start"),
  SEGMENT_DELETED("journal segment deleted"),
  LEADER_ELECTED("leader elected"),
  LEADERSHIP_HANDED_OVER("leadership handed over"),
  LEADER_REMOVED_ITSELF("leader removed itself"),
  TAIL_OVERWRITTEN("conflicting tail overwritten"),
  SNAPSHOT_SAVED("snapshot saved"),
  SNAPSHOT_INSTALLED("snapshot installed"),
  SNAPSHOT_STALE("stale snapshot dropped"),
  SNAPSHOT_GONE("snapshot gone while it was fetched"),
  SNAPSHOT_RESUMED("snapshot transfer resumed"),
  TRANSFER_GIVEN_UP("snapshot transfer given up"),
  MEMBER_ADDED("member added"),
  LEARNER_PROMOTED("learner promoted"),
  MEMBER_REMOVED("member removed"),
  URLS_CHANGED("peer URLs changed"),
  REMOVED_STOPPED("removed member stopped"),
  REMOVAL_TOLD("removal told by a peer"),
  CLIENT_GAVE_UP("client out of patience"),
  PROPOSAL_REPEATED("proposal repeated"),
  PROPOSAL_UNKNOWN("proposal of unknown outcome"),
  PROPOSAL_REFUSED("proposal refused"),
  READ_SERVED("linearizable read served"),
  KEY_EXPIRED("key expired"),
  MESSAGE_IN_PIECES("message sent in pieces"),
  MEETING("boot of a peer believed"),
  DATA_DIR_REFUSED("other data dir refused"),
  OLD_COPY_REFUSED("old copy refused"),
  CLONE_REFUSED("clone refused"),
  LOST_WRITES_REFUSED("lost writes refused");

  private final String text;

  Happening(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
