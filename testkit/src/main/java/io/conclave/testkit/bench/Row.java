package io.conclave.testkit.bench;

/**
 * One line of the plan: what is asked, over how many connections (for watches: by how many
 * watchers), and whether connections are kept.
 */
record Row(Workload workload, int connections, boolean keepAlive) {

  /** How a report names the connections, such as {@code 64 kept} or {@code 16 new}. */
  String connectionsLabel() {
    if (workload.isWatch()) {
      return connections + " watchers";
    }
    return connections + (keepAlive ? " kept" : " new");
  }
}
