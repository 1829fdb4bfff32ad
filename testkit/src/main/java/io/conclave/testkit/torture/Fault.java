package io.conclave.testkit.torture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is done to members and to the network between them. */
enum Fault {
  /** One member is killed (SIGKILL), and started again on its data. */
  KILL,
  /** The same with the leader. */
  LEADER_KILL,
  /** All members are killed one right after the other. */
  KILL_ALL,
  /** One member is asked to end (SIGTERM), and started again. */
  STOP,
  /** One member stands still (SIGSTOP) and goes on. */
  PAUSE,
  /** The same with the leader. */
  LEADER_PAUSE,
  /** A minority and the others don't reach each other; connections break. */
  PARTITION,
  /** The same, and the minority is the leader. */
  LEADER_PARTITION,
  /** What one member sends to others is lost; what they send arrives. */
  ONE_WAY,
  /** What a member and the others send to each other arrives when it is over. */
  STALL;

  /** Whether members have to start again after it. */
  boolean endsProcesses() {
    return switch (this) {
      case KILL, LEADER_KILL, KILL_ALL, STOP -> true;
      case PAUSE, LEADER_PAUSE, PARTITION, LEADER_PARTITION, ONE_WAY, STALL -> false;
    };
  }

  /** As the command line has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads a list of words; {@code all} means all.
   *
   * @throws IllegalArgumentException naming the word that means nothing
   */
  static List<Fault> parse(List<String> words) {
    return words.contains("all")
        ? List.of(values())
        : words.stream().map(Fault::parse).distinct().toList();
  }

  static String words() {
    return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
  }

  private static Fault parse(String word) {
    return Arrays.stream(values())
        .filter(fault -> fault.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--fault knows all, " + words() + "; not '" + word + "'"));
  }
}
