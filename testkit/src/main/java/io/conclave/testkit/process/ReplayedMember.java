package io.conclave.testkit.process;

import io.conclave.testkit.golden.ServerUnderTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A member process that recordings are replayed against; its files go with it. */
public final class ReplayedMember implements ServerUnderTest {
  private final Path home;
  private final MemberProcess member;
  private List<String> arguments = List.of();

  private ReplayedMember(Path home, MemberProcess member) {
    this.home = home;
    this.member = member;
  }

  /** Makes a member by the name that the recordings know, in a new temporary directory. */
  public static ReplayedMember create(LaunchCommand command) throws IOException {
    Path home = Files.createTempDirectory("replayed-member");
    return new ReplayedMember(home, MemberProcess.prepare(command, "golden", home));
  }

  @Override
  public void start(List<String> arguments) throws IOException {
    this.arguments = List.copyOf(arguments);
    member.start(arguments);
  }

  @Override
  public URI clientUrl() {
    return member.clientUrl();
  }

  @Override
  public URI peerUrl() {
    return member.peerUrl();
  }

  @Override
  public void restart(boolean kill) throws IOException, InterruptedException {
    if (kill) {
      member.kill();
    } else {
      member.terminate();
    }
    member.start(arguments);
  }

  @Override
  public void requireAlive() {
    member.requireAlive();
  }

  @Override
  public String lastWords() {
    return member.lastWords();
  }

  @Override
  public void close() throws IOException {
    member.close();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
