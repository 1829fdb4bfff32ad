package io.conclave.testkit.process;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Members of one cluster, {@code infra1} and so on, each in a process of its own. They find each
 * other by {@code --initial-cluster}. Not safe for several threads.
 */
public final class ProcessCluster implements AutoCloseable {
  /** As patient as a busy machine needs. */
  public static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(5);
  private static final int POLL_MILLIS = 20;

  private final LaunchCommand command;
  private final Path home;
  private final List<MemberProcess> founders;
  private final List<MemberProcess> members;

  private ProcessCluster(LaunchCommand command, Path home, List<MemberProcess> founders) {
    this.command = command;
    this.home = home;
    this.founders = List.copyOf(founders);
    this.members = new ArrayList<>(founders);
  }

  /** Makes members that are not started; they keep all their files below {@code home}. */
  public static ProcessCluster prepare(LaunchCommand command, int size, Path home)
      throws IOException {
    List<MemberProcess> founders = new ArrayList<>();
    for (int number = 1; number <= size; number++) {
      founders.add(member(command, home, number));
    }
    return new ProcessCluster(command, home, founders);
  }

  /** Starts all founders; they need not be ready when this returns. */
  public void startAll(String... arguments) throws IOException {
    for (MemberProcess founder : founders) {
      start(founder, arguments);
    }
  }

  /** Starts a founder, for the first time or again, with further flags. */
  public void start(MemberProcess founder, String... arguments) throws IOException {
    List<String> flags = new ArrayList<>(List.of("--initial-cluster", initialCluster(founders)));
    flags.addAll(List.of(arguments));
    founder.start(flags);
  }

  /** Starts a member that was added: one of those that the cluster has now, with {@code others}. */
  public void join(MemberProcess joiner, List<MemberProcess> others) throws IOException {
    List<MemberProcess> all = new ArrayList<>(others);
    all.add(joiner);
    joiner.start(
        List.of("--initial-cluster", initialCluster(all), "--initial-cluster-state", "existing"));
  }

  /** Makes one more member that is neither added nor started. */
  public MemberProcess prepareOneMore() throws IOException {
    MemberProcess member = member(command, home, members.size() + 1);
    members.add(member);
    return member;
  }

  /** All that were prepared, in the order of their numbers. */
  public List<MemberProcess> members() {
    return List.copyOf(members);
  }

  /** The member called {@code infra} and this number. */
  public MemberProcess member(int number) {
    return members.get(number - 1);
  }

  /** Everybody but this one. */
  public List<MemberProcess> others(MemberProcess member) {
    return members.stream().filter(other -> other != member).toList();
  }

  /** Waits until clients can use all these members. */
  public void awaitReady(List<MemberProcess> some) throws TimeoutException, InterruptedException {
    for (MemberProcess member : some) {
      member.awaitReady();
    }
  }

  /** Starts all founders and waits until clients can use them. */
  public void form(String... arguments) throws Exception {
    startAll(arguments);
    awaitReady(founders);
  }

  /** Waits until one of the running members leads, and at least one more agrees if there is one. */
  public MemberProcess awaitLeader() throws TimeoutException, InterruptedException {
    awaitFact("a leader", () -> leader().isPresent());
    return leader().orElseThrow();
  }

  /** The running member that says it leads; of two, the one in office is not known. */
  public Optional<MemberProcess> leader() {
    return members.stream()
        .filter(MemberProcess::isAlive)
        .filter(member -> ask(member, "/v2/stats/self").contains("\"state\":\"StateLeader\""))
        .findFirst();
  }

  /** The body of an answer to a GET; empty if there is none. */
  public static String ask(MemberProcess member, String path) {
    try {
      return WireConnection.exchange(member.clientUrl(), WireRequest.get(path), QUESTION_TIMEOUT)
          .body()
          .utf8();
    } catch (IOException unreachable) {
      return "";
    }
  }

  /**
   * Looks again and again until it is so.
   *
   * @param what for the message if it does not become so in time; the logs' ends follow
   */
  public void awaitFact(String what, BooleanSupplier fact)
      throws TimeoutException, InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new TimeoutException("waited in vain for " + what + lastWords());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** The ends of all logs, for messages about failures. */
  public String lastWords() {
    return members.stream().map(MemberProcess::lastWords).collect(Collectors.joining());
  }

  /** Kills all that run; their files stay. */
  @Override
  public void close() {
    members.forEach(MemberProcess::close);
  }

  /** As {@code --initial-cluster} wants it. */
  public static String initialCluster(List<MemberProcess> members) {
    return members.stream()
        .map(member -> member.name() + "=" + member.peerUrl())
        .collect(Collectors.joining(","));
  }

  private static MemberProcess member(LaunchCommand command, Path home, int number)
      throws IOException {
    String name = "infra" + number;
    return MemberProcess.prepare(command, name, Files.createDirectories(home.resolve(name)));
  }
}
