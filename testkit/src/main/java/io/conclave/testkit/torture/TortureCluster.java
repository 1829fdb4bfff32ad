package io.conclave.testkit.torture;

import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.torture.PeerRelay.Link;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Real members of one cluster, numbered from 0, whose peer traffic goes through relays of this
 * process. For one thread.
 */
final class TortureCluster implements AutoCloseable {
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);

  private final List<MemberProcess> members;
  private final List<PeerRelay> relays;
  private final boolean[] running;

  private TortureCluster(List<MemberProcess> members, List<PeerRelay> relays) {
    this.members = List.copyOf(members);
    this.relays = List.copyOf(relays);
    this.running = new boolean[members.size()];
  }

  /**
   * Makes members that are not started; all files lie below {@code home}.
   *
   * @param jvmFlags besides those of {@code deploy/jvm.options}
   */
  static TortureCluster prepare(Server server, int size, List<String> jvmFlags, Path home)
      throws IOException {
    List<MemberProcess> members = new ArrayList<>();
    List<PeerRelay> relays = new ArrayList<>();
    for (int member = 0; member < size; member++) {
      String name = name(member);
      Path directory = Files.createDirectories(home.resolve(name));
      members.add(MemberProcess.prepare(server.command(member, jvmFlags), name, directory));
      relays.add(PeerRelay.open(members.get(member).peerUrl(), size));
    }
    return new TortureCluster(members, relays);
  }

  static String name(int member) {
    return "infra" + (member + 1);
  }

  int size() {
    return members.size();
  }

  List<URI> clientUrls() {
    return members.stream().map(MemberProcess::clientUrl).toList();
  }

  long pid(int member) {
    return members.get(member).pid();
  }

  /** Starts it on what data it has. */
  void start(int member) throws IOException {
    String all =
        IntStream.range(0, size())
            .mapToObj(other -> name(other) + "=" + relays.get(other).url())
            .collect(Collectors.joining(","));
    String own = relays.get(member).url().toString();
    members
        .get(member)
        .start(List.of("--initial-advertise-peer-urls", own, "--initial-cluster", all));
    running[member] = true;
  }

  /** Starts all and waits until clients can use them. */
  void form() throws IOException, TimeoutException, InterruptedException {
    for (int member = 0; member < size(); member++) {
      start(member);
    }
    for (MemberProcess member : members) {
      member.awaitReady();
    }
  }

  void kill(int member) throws InterruptedException {
    running[member] = false;
    members.get(member).kill();
  }

  /** Ends it in order; its exit code. */
  int terminate(int member) throws InterruptedException {
    running[member] = false;
    return members.get(member).terminate();
  }

  void pause(int member) throws IOException, InterruptedException {
    members.get(member).pause();
  }

  boolean isRunning(int member) {
    return running[member];
  }

  /** Sets what happens to what one sends to another. */
  void link(int from, int to, Link link) throws IOException {
    relays.get(to).set(from, link);
  }

  /** Undoes all faults: links are open, paused members go on, ended ones are started. */
  void heal() throws IOException, InterruptedException {
    for (int member = 0; member < size(); member++) {
      for (int from = 0; from < size(); from++) {
        link(from, member, Link.OPEN);
      }
      if (running[member]) {
        members.get(member).resume();
      } else {
        start(member);
      }
    }
  }

  /** Complains when a member has ended that nobody ended. */
  void requireAlive() {
    for (int member = 0; member < size(); member++) {
      if (running[member]) {
        members.get(member).requireAlive();
      }
    }
  }

  /** A member that says it leads. */
  OptionalInt leader() {
    return IntStream.range(0, size())
        .filter(this::isRunning)
        .filter(member -> saysItLeads(clientUrls().get(member)))
        .findFirst();
  }

  static boolean saysItLeads(URI member) {
    try {
      WireRequest question = WireRequest.get("/v2/stats/self");
      return WireConnection.exchange(member, question, QUESTION_TIMEOUT)
          .body()
          .utf8()
          .contains("\"StateLeader\"");
    } catch (IOException unreachable) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    members.forEach(MemberProcess::close);
    for (PeerRelay relay : relays) {
      relay.close();
    }
  }
}
