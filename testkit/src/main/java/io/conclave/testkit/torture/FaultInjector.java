package io.conclave.testkit.torture;

import io.conclave.testkit.torture.PeerRelay.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Disturbs a cluster, as its seed decides, and counts what it did. */
final class FaultInjector {
  private static final int STOPPED = 143;

  private final TortureCluster cluster;
  private final Random random;
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

  FaultInjector(TortureCluster cluster, long seed) {
    this.cluster = cluster;
    this.random = new Random(seed);
  }

  /**
   * Makes a fault happen that lasts until the cluster is healed.
   *
   * @return what happened, to whom
   */
  String inject(Fault fault) throws IOException, InterruptedException {
    counts.merge(fault, 1, Integer::sum);
    return switch (fault) {
      case KILL -> kill(fault, List.of(anybody()));
      case LEADER_KILL -> kill(fault, List.of(leader()));
      case KILL_ALL -> kill(fault, shuffled());
      case STOP -> stop(anybody());
      case PAUSE -> pause(fault, anybody());
      case LEADER_PAUSE -> pause(fault, leader());
      case PARTITION -> divide(fault, minority(), Link.CUT);
      case LEADER_PARTITION -> divide(fault, List.of(leader()), Link.CUT);
      case ONE_WAY -> silence(anybody());
      case STALL -> divide(fault, minority(), Link.STALLED);
    };
  }

  int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Such as {@code kill 3, pause 2}. */
  String summary() {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey().word() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private String kill(Fault fault, List<Integer> victims) throws IOException, InterruptedException {
    for (int member : victims) {
      if (cluster.isRunning(member)) {
        cluster.kill(member);
      }
    }
    return tell(fault, victims);
  }

  private String stop(int member) throws InterruptedException {
    if (cluster.isRunning(member)) {
      int exit = cluster.terminate(member);
      if (exit != STOPPED) {
        throw new IllegalStateException(TortureCluster.name(member) + " stopped with " + exit);
      }
    }
    return tell(Fault.STOP, List.of(member));
  }

  private String pause(Fault fault, int member) throws IOException, InterruptedException {
    if (cluster.isRunning(member)) {
      cluster.pause(member);
    }
    return tell(fault, List.of(member));
  }

  private String divide(Fault fault, List<Integer> some, Link link) throws IOException {
    for (int inside : some) {
      for (int outside = 0; outside < cluster.size(); outside++) {
        if (!some.contains(outside)) {
          cluster.link(inside, outside, link);
          cluster.link(outside, inside, link);
        }
      }
    }
    return tell(fault, some);
  }

  private String silence(int member) throws IOException {
    List<Integer> deaf = shuffled();
    deaf.remove(Integer.valueOf(member));
    List<Integer> some = deaf.subList(0, 1 + random.nextInt(deaf.size()));
    for (int other : some) {
      cluster.link(member, other, Link.CUT);
    }
    return tell(Fault.ONE_WAY, List.of(member)) + " to" + names(some);
  }

  private int anybody() {
    return random.nextInt(cluster.size());
  }

  private int leader() {
    return cluster.leader().orElseGet(this::anybody);
  }

  private List<Integer> minority() {
    int size = 1 + random.nextInt((cluster.size() - 1) / 2);
    return List.copyOf(shuffled().subList(0, size));
  }

  private List<Integer> shuffled() {
    List<Integer> all =
        IntStream.range(0, cluster.size()).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(all, random);
    return all;
  }

  private static String tell(Fault fault, List<Integer> members) {
    return fault.word() + names(members);
  }

  private static String names(List<Integer> members) {
    return members.stream()
        .map(member -> " " + TortureCluster.name(member))
        .collect(Collectors.joining());
  }
}
