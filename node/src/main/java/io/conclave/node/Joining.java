package io.conclave.node;

import io.conclave.http.MemberUrl;
import io.conclave.raft.core.MemberId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds out from the other members what a member with an empty data directory may be: one of a
 * cluster that exists ({@code --initial-cluster-state existing}), or a founder, unless the others
 * know it already (spec v2-cluster §6).
 */
final class Joining {
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration BOOTSTRAP_TIMEOUT = Duration.ofSeconds(1);

  /** Cluster versions that a member of ours can join, each as major * 1000 + minor. */
  private static final int VERSION_MIN = 2002;

  private static final int VERSION_MAX = 2003;

  private final NodeSettings settings;
  private final PeerQuestions questions;

  private Joining(NodeSettings settings, Duration timeout, Consumer<String> warnings) {
    this.settings = settings;
    this.questions = new PeerQuestions(timeout, warnings);
  }

  /**
   * Takes the ids from the running cluster.
   *
   * @throws StartRefused if nobody answers, or the cluster is not the one that the flags describe
   */
  static Bootstrap join(NodeSettings settings, StartupLog log) throws StartRefused {
    return new Joining(settings, JOIN_TIMEOUT, log::warn).join();
  }

  /**
   * Refuses to found a cluster that runs already and knows {@code self} as started: its data
   * directory is lost then, and what it promised with it.
   */
  static void refuseSecondFounding(NodeSettings settings, MemberId self) throws StartRefused {
    // Silence is what founders expect of each other.
    Joining joining = new Joining(settings, BOOTSTRAP_TIMEOUT, ignored -> {});
    Optional<RemoteCluster> running = joining.questions.members(joining.othersUrls());
    refuseStarted(running.flatMap(cluster -> cluster.member(self)));
  }

  private Bootstrap join() throws StartRefused {
    RemoteCluster running =
        questions
            .members(othersUrls())
            .orElseThrow(
                () ->
                    StartRefused.because(
                        "cannot fetch cluster info from peer urls: could not retrieve cluster"
                            + " information from the given urls"));
    Map<String, RemoteCluster.Member> byName = match(running);
    RemoteCluster.Member self = byName.get(settings.name());
    if (!isCompatible(running, self.id())) {
      throw StartRefused.because("incomptible with current running cluster");
    }
    refuseStarted(Optional.of(self));
    var peerUrls = new TreeMap<MemberId, List<String>>();
    byName.values().forEach(member -> peerUrls.put(member.id(), member.peerUrls()));
    return new Bootstrap(self.id(), running.clusterId(), Optional.empty(), new PeerUrls(peerUrls));
  }

  /** All URLs of the other members, sorted. */
  private List<MemberUrl> othersUrls() {
    return settings.initialCluster().members().entrySet().stream()
        .filter(member -> !member.getKey().equals(settings.name()))
        .flatMap(member -> member.getValue().stream())
        .sorted()
        .toList();
  }

  /** Pairs the members of the flags with those of the cluster, in the order of their first URLs. */
  private Map<String, RemoteCluster.Member> match(RemoteCluster running) throws StartRefused {
    Map<String, List<MemberUrl>> given = settings.initialCluster().members();
    if (given.size() != running.members().size()) {
      throw invalid(running, "member count is unequal");
    }
    List<String> names = new ArrayList<>(given.keySet());
    names.sort(Comparator.comparing(name -> given.get(name).getFirst()));
    List<RemoteCluster.Member> members = new ArrayList<>(running.members());
    members.sort(Comparator.comparing(member -> String.join(",", member.peerUrls())));
    Map<String, RemoteCluster.Member> byName = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      RemoteCluster.Member member = members.get(i);
      boolean same =
          MemberUrl.problemOf(member.peerUrls()).isEmpty()
              && Bootstrap.sameUrls(given.get(names.get(i)), MemberUrl.parse(member.peerUrls()));
      if (!same) {
        throw invalid(running, "unmatched member while checking PeerURLs");
      }
      byName.put(names.get(i), member);
    }
    return byName;
  }

  /** At least one member must tell a version, and none of them one that is out of range. */
  private boolean isCompatible(RemoteCluster running, MemberId self) {
    boolean known = false;
    for (RemoteCluster.Member member : running.members()) {
      if (member.id().equals(self)) {
        continue;
      }
      Optional<Integer> version =
          questions.clusterVersion(MemberUrl.parse(member.peerUrls())).flatMap(Joining::number);
      if (version.filter(number -> number < VERSION_MIN || number > VERSION_MAX).isPresent()) {
        return false;
      }
      known |= version.isPresent();
    }
    return known;
  }

  private static Optional<Integer> number(String version) {
    String[] parts = version.split("\\.");
    try {
      return Optional.of(1000 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty(); // "not_decided"
    }
  }

  private static void refuseStarted(Optional<RemoteCluster.Member> self) throws StartRefused {
    if (self.filter(member -> !member.clientUrls().isEmpty()).isPresent()) {
      throw StartRefused.identity(
          "member " + self.get().id() + " has already been bootstrapped",
          "this data directory is not the one that it ran on: start it on that one, or remove the"
              + " member from the cluster and add it again");
    }
  }

  private static StartRefused invalid(RemoteCluster running, String why) {
    return StartRefused.because("error validating peerURLs %s: %s", running, why);
  }
}
