package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Whether all members hold the same keys once nobody writes any more. */
final class TreeAgreement {
  private static final WireRequest EVERYTHING =
      WireRequest.get("/v2/keys/torture?quorum=true&recursive=true&sorted=true");
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final int POLL_MILLIS = 100;

  private final List<URI> members;
  private final Duration limit;

  /**
   * @param limit in which writes that nobody waits for any longer come to an end
   */
  TreeAgreement(List<URI> members, Duration limit) {
    this.members = List.copyOf(members);
    this.limit = limit;
  }

  /**
   * Waits until all answer the same.
   *
   * @param home gets what each answered if they don't
   * @return what is wrong
   */
  Optional<String> check(Path home) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      List<String> answers = answers();
      if (new HashSet<>(answers).size() == 1 && answers.getFirst().startsWith("200 ")) {
        return Optional.empty();
      }
      if (System.nanoTime() - deadline > 0) {
        for (int member = 0; member < answers.size(); member++) {
          String name = "tree-" + TortureCluster.name(member) + ".json";
          Files.writeString(home.resolve(name), answers.get(member));
        }
        return Optional.of("members hold different keys, as the files tree-* tell");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Index and body of each. */
  private List<String> answers() {
    List<String> answers = new ArrayList<>();
    for (URI member : members) {
      try {
        WireResponse answer = WireConnection.exchange(member, EVERYTHING, ANSWER_TIMEOUT);
        String index = answer.head().header("X-Etcd-Index").orElse("no index");
        answers.add(answer.head().status() + " " + index + "\n" + answer.body().utf8());
      } catch (IOException unreachable) {
        answers.add(member + " " + unreachable);
      }
    }
    return answers;
  }
}
