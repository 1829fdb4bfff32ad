package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.conclave.http.MemberUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks members over HTTP on their peer URLs, one after the other, before anything is started. */
final class PeerQuestions {
  /** 64 members with 64 URLs each are shorter. */
  private static final int ANSWER_BYTES_MAX = 4 << 20;

  private static final int NOT_FOUND = 404;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");
  private static final Pattern CLUSTER_ID =
      Pattern.compile("\r\nX-Etcd-Cluster-Id: *([0-9a-f]+) *\r\n", Pattern.CASE_INSENSITIVE);
  private static final Pattern CLUSTER_VERSION =
      Pattern.compile("\"etcdcluster\"\\s*:\\s*\"([^\"]*)\"");

  private final Duration timeout;
  private final Consumer<String> warnings;

  /**
   * @param timeout for one connection and for each read
   * @param warnings is told who did not answer, and why
   */
  PeerQuestions(Duration timeout, Consumer<String> warnings) {
    this.timeout = timeout;
    this.warnings = warnings;
  }

  private record Answer(int status, Optional<String> clusterId, String body) {}

  /** The members that the first of {@code peerUrls} knows that answers. */
  Optional<RemoteCluster> members(List<MemberUrl> peerUrls) {
    for (MemberUrl url : peerUrls) {
      try {
        Answer answer = get(url, "/members");
        return Optional.of(RemoteCluster.parse(answer.clusterId(), answer.body()));
      } catch (IOException e) {
        warnings.accept(
            "could not get cluster response from %s: %s".formatted(url, e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** The version of the cluster that a member knows; it may not be decided. */
  Optional<String> clusterVersion(List<MemberUrl> peerUrls) {
    for (MemberUrl url : peerUrls) {
      try {
        Answer answer = get(url, "/version");
        if (answer.status() == NOT_FOUND) {
          return Optional.of("2.0.0"); // which had no such path
        }
        Matcher version = CLUSTER_VERSION.matcher(answer.body());
        return version.find() ? Optional.of(version.group(1)) : Optional.empty();
      } catch (IOException e) {
        warnings.accept("could not get the version of %s: %s".formatted(url, e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** HTTP/1.0, so that the answer ends with the connection: it takes no client library. */
  private Answer get(MemberUrl url, String path) throws IOException {
    int port = url.portNumber().orElseThrow(() -> new IOException("no such port"));
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      socket.connect(new InetSocketAddress(url.host(), port), (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      String request = "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n".formatted(path, url.hostPort());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      byte[] answer = socket.getInputStream().readNBytes(ANSWER_BYTES_MAX + 1);
      if (answer.length > ANSWER_BYTES_MAX) {
        throw new IOException("the answer is too long");
      }
      return parse(new String(answer, UTF_8));
    }
  }

  private static Answer parse(String answer) throws IOException {
    int end = answer.indexOf("\r\n\r\n");
    Matcher status = STATUS_LINE.matcher(answer);
    if (end < 0 || !status.lookingAt()) {
      throw new IOException("the answer is not HTTP");
    }
    Matcher clusterId = CLUSTER_ID.matcher(answer).region(0, end + 2);
    return new Answer(
        Integer.parseInt(status.group(1)),
        clusterId.find() ? Optional.of(clusterId.group(1)) : Optional.empty(),
        answer.substring(end + 4));
  }
}
