package io.conclave.testkit.golden;

import io.conclave.node.RunningMember;
import io.conclave.node.StartRefused;
import io.conclave.testkit.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A member of this JVM that recordings are replayed against; it cannot be killed. */
final class InProcessServer implements ServerUnderTest {
  private final Path data = Files.createTempDirectory("in-process-member");
  private final FreePorts ports = FreePorts.take();
  private List<String> arguments = List.of();
  private Optional<RunningMember> member = Optional.empty();

  InProcessServer() throws IOException {}

  @Override
  public void start(List<String> arguments) throws IOException {
    this.arguments = List.copyOf(arguments);
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of("--name", "golden"));
    flags.addAll(List.of("--data-dir", data.toString()));
    flags.addAll(List.of("--listen-client-urls", clientUrl().toString()));
    flags.addAll(List.of("--advertise-client-urls", clientUrl().toString()));
    flags.addAll(List.of("--listen-peer-urls", peerUrl().toString()));
    flags.addAll(List.of("--initial-advertise-peer-urls", peerUrl().toString()));
    flags.addAll(List.of("--initial-cluster", "golden=" + peerUrl()));
    flags.addAll(arguments);
    try {
      member = Optional.of(RunningMember.start(flags));
    } catch (StartRefused e) {
      throw new IOException("the member does not start", e);
    }
  }

  @Override
  public URI clientUrl() {
    return ports.clientUrl();
  }

  @Override
  public URI peerUrl() {
    return ports.peerUrl();
  }

  @Override
  public void restart(boolean kill) throws IOException {
    if (kill) {
      throw new UnsupportedOperationException("a member in this JVM cannot be killed");
    }
    member.orElseThrow().close();
    start(arguments);
  }

  /** Shows in the requests that fail then. */
  @Override
  public void requireAlive() {}

  @Override
  public String lastWords() {
    return "";
  }

  @Override
  public void close() throws IOException {
    member.ifPresent(RunningMember::close);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
