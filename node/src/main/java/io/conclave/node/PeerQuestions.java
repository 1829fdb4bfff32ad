package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.conclave.http.MemberUrl;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
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
        Answer answer = get(url + "/members");
        return Optional.of(RemoteCluster.parse(answer.clusterId(), answer.body()));
      } catch (IOException e) {
        warnings.accept(
            "could not get cluster response from %s: %s".formatted(url, e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** The version of the cluster that a member knows; it may not be decided. */
  Optional<String> clusterVersion(List<String> peerUrls) {
    for (String url : peerUrls) {
      try {
        Answer answer = get(url + "/version");
        if (answer.status() == HttpURLConnection.HTTP_NOT_FOUND) {
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

  private Answer get(String url) throws IOException {
    HttpURLConnection connection;
    try {
      connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IOException("not a URL that can be asked", e);
    }
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setInstanceFollowRedirects(false);
    try {
      int status = connection.getResponseCode();
      return new Answer(
          status,
          Optional.ofNullable(connection.getHeaderField("X-Etcd-Cluster-Id")),
          body(status < 400 ? connection.getInputStream() : connection.getErrorStream()));
    } finally {
      connection.disconnect();
    }
  }

  private static String body(InputStream stream) throws IOException {
    if (stream == null) {
      return "";
    }
    byte[] bytes = stream.readNBytes(ANSWER_BYTES_MAX + 1);
    if (bytes.length > ANSWER_BYTES_MAX) {
      throw new IOException("the answer is too long");
    }
    return new String(bytes, UTF_8);
  }
}
