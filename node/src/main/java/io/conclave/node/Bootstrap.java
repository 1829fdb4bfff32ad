package io.conclave.node;

import io.conclave.http.MemberUrl;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.MemberIds;
import io.conclave.raft.core.Membership;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a member begins on an empty data directory. The ids of a new cluster and its members follow
 * from names, URLs and token, so that all founders find the same ones without talking (spec
 * v2-cluster §4).
 *
 * @param self this member
 * @param clusterId unsigned
 * @param founders the first configuration of the log; empty in a cluster that exists
 * @param peerUrls of all members
 */
public record Bootstrap(
    MemberId self, long clusterId, Optional<Membership> founders, PeerUrls peerUrls) {

  /**
   * Begins on an empty data directory, as the flags say.
   *
   * @throws StartRefused if the initial cluster does not fit this member, or the others know better
   */
  static Bootstrap begin(NodeSettings settings, StartupLog log) throws StartRefused {
    verify(settings);
    if (settings.joinsCluster()) {
      return Joining.join(settings, log);
    }
    Bootstrap bootstrap = of(settings);
    Joining.refuseSecondFounding(settings, bootstrap.self());
    return bootstrap;
  }

  /**
   * Begins a new cluster, with settings that passed {@link #verify}.
   *
   * @throws IllegalArgumentException if the member's name is not in the initial cluster
   */
  static Bootstrap of(NodeSettings settings) {
    SortedMap<String, List<MemberUrl>> founders = settings.initialCluster().members();
    if (!founders.containsKey(settings.name())) {
      throw new IllegalArgumentException("not in the initial cluster: " + settings.name());
    }
    var members = new TreeMap<MemberId, Membership.Member>();
    founders.forEach(
        (name, urls) -> {
          List<String> texts = urls.stream().map(MemberUrl::toString).toList();
          MemberId id = MemberIds.ofFounder(texts, settings.clusterToken());
          members.put(id, new Membership.Member(id, name, texts, false));
        });
    List<String> own = founders.get(settings.name()).stream().map(MemberUrl::toString).toList();
    var peerUrls = new TreeMap<MemberId, List<String>>();
    members.forEach((id, member) -> peerUrls.put(id, member.peerUrls()));
    return new Bootstrap(
        MemberIds.ofFounder(own, settings.clusterToken()),
        MemberIds.ofCluster(members.keySet()),
        Optional.of(Membership.of(members.values())),
        new PeerUrls(peerUrls));
  }

  /**
   * Checks what only matters for an empty data directory, with the texts of etcd 2.3.8.
   *
   * @throws StartRefused if the initial cluster does not fit this member
   */
  static void verify(NodeSettings settings) throws StartRefused {
    InitialCluster cluster = settings.initialCluster();
    List<MemberUrl> own = cluster.members().get(settings.name());
    if (own == null) {
      throw StartRefused.because(
          "couldn't find local name \"%s\" in the initial cluster configuration", settings.name());
    }
    // A joiner's URLs were told to the cluster before.
    if (!settings.joinsCluster() && !sameUrls(own, settings.advertisePeerUrls())) {
      throw new StartRefused(StartRefused.REFUSED, mustInclude(settings), hints(settings));
    }
    if (cluster.hasDuplicateUrl()) {
      throw StartRefused.because("initial cluster %s has duplicate url", cluster);
    }
    if (cluster.members().size() > Membership.MEMBERS_MAX) {
      throw StartRefused.because(
          "initial cluster has %d members, the limit is %d",
          cluster.members().size(), Membership.MEMBERS_MAX);
    }
  }

  private static String mustInclude(NodeSettings settings) {
    var items = new ArrayList<String>();
    settings.advertisePeerUrls().forEach(url -> items.add(settings.name() + "=" + url));
    return "--initial-cluster must include %s given --initial-advertise-peer-urls=%s"
        .formatted(String.join(",", items), MemberUrl.join(settings.advertisePeerUrls()));
  }

  private static List<String> hints(NodeSettings settings) {
    if (settings.initialClusterGiven()) {
      return List.of();
    }
    return List.of(
        "forgot to set --initial-cluster flag?",
        "if you want to use discovery service, please set --discovery flag.");
  }

  /** Are these the same addresses? Host names are compared by what they stand for. */
  static boolean sameUrls(List<MemberUrl> some, List<MemberUrl> others) {
    return some.equals(others) || resolved(some).equals(resolved(others));
  }

  private static List<MemberUrl> resolved(List<MemberUrl> urls) {
    return urls.stream().map(Bootstrap::resolved).sorted().toList();
  }

  private static MemberUrl resolved(MemberUrl url) {
    try {
      String address = InetAddress.getByName(url.host()).getHostAddress();
      return new MemberUrl(url.scheme(), address, url.port());
    } catch (UnknownHostException e) {
      return url; // a name that stands for nothing equals only itself
    }
  }
}
