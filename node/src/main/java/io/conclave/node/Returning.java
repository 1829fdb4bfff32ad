package io.conclave.node;

import io.conclave.http.MemberUrl;
import io.conclave.raft.core.MemberId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds out where the peers look for a member whose data directory is settled, and whether somebody
 * else is there already. All of it before the first message: later a refusal would go to whoever
 * answers at that address.
 */
final class Returning {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final NodeSettings settings;
  private final DataDirectory directory;
  private final Identity identity;
  private final StartupLog log;

  /** Silence is no news: nobody needs to be up yet. */
  private final PeerQuestions questions = new PeerQuestions(TIMEOUT, ignored -> {});

  private Returning(NodeSettings settings, DataDirectory directory, StartupLog log) {
    this.settings = settings;
    this.log = log;
    this.directory = directory;
    this.identity = directory.identity().orElseThrow();
  }

  /**
   * The address of this process.
   *
   * @throws StartRefused if the directory is another member's, or a copy of one that is in use
   */
  static ArteryAddress address(NodeSettings settings, DataDirectory directory, StartupLog log)
      throws IOException, StartRefused {
    return new Returning(settings, directory, log).address();
  }

  private ArteryAddress address() throws IOException, StartRefused {
    PeerUrls known = PeerUrls.read(directory).orElse(PeerUrls.NONE);
    List<MemberUrl> advertised = settings.advertisePeerUrls();
    if (settings.advertisePeerUrlsGiven()) {
      refuseOther(known.otherOwner(identity.member(), advertised));
      if (!Bootstrap.sameUrls(known.of(identity.member()), advertised)) {
        known = ask(known);
      }
    }
    List<MemberUrl> own = known.of(identity.member());
    tellWhatCounts(own);
    ArteryAddress address = ArteryAddress.of(own.isEmpty() ? advertised : own);
    refuseClone(address);
    return address;
  }

  /** As in etcd the flag counts only once; unlike there it does not go unsaid. */
  private void tellWhatCounts(List<MemberUrl> own) {
    List<MemberUrl> advertised = settings.advertisePeerUrls();
    List<MemberUrl> listening = settings.listenPeerUrls();
    if (own.isEmpty()) {
      return;
    }
    if (settings.advertisePeerUrlsGiven() && !Bootstrap.sameUrls(own, advertised)) {
      log.warn(
          ("--initial-advertise-peer-urls=%s is ignored: the cluster knows member %s at %s"
                  + " until it is told otherwise by PUT /v2/members/%s")
              .formatted(
                  MemberUrl.join(advertised),
                  identity.member(),
                  MemberUrl.join(own),
                  identity.member()));
    } else if (own.stream().noneMatch(url -> isListenedAt(url, listening))) {
      log.warn(
          "the cluster knows member %s at %s, and no --listen-peer-urls has such a port: %s"
              .formatted(identity.member(), MemberUrl.join(own), MemberUrl.join(listening)));
    }
  }

  private static boolean isListenedAt(MemberUrl known, List<MemberUrl> listening) {
    return listening.stream().anyMatch(url -> url.port().equals(known.port()));
  }

  private void refuseOther(Optional<MemberId> owner) throws StartRefused {
    if (owner.isPresent()) {
      throw StartRefused.identity(
          "%s is the data directory of member %s, but %s belongs to member %s: use the right one"
              .formatted(
                  settings.dataDirectory(),
                  identity.member(),
                  MemberUrl.join(settings.advertisePeerUrls()),
                  owner.get()));
    }
  }

  /** A member that moves is told to its cluster while it is down, so the others know better. */
  private PeerUrls ask(PeerUrls known) throws IOException {
    List<MemberUrl> others =
        known.byMember().keySet().stream()
            .filter(member -> !member.equals(identity.member()))
            .flatMap(member -> known.of(member).stream())
            .toList();
    Optional<PeerUrls> told =
        questions
            .members(others)
            .filter(cluster -> cluster.clusterId() == identity.clusterId())
            .map(Returning::peerUrls)
            .filter(urls -> !urls.of(identity.member()).isEmpty());
    if (told.isPresent()) {
      told.get().write(directory);
    }
    return told.orElse(known);
  }

  private static PeerUrls peerUrls(RemoteCluster cluster) {
    SortedMap<MemberId, List<String>> byMember = new TreeMap<>();
    cluster.members().stream()
        .filter(member -> MemberUrl.problemOf(member.peerUrls()).isEmpty())
        .forEach(member -> byMember.put(member.id(), member.peerUrls()));
    return new PeerUrls(byMember);
  }

  /** This process does not listen yet, so whoever answers at its address runs on the original. */
  private void refuseClone(ArteryAddress address) throws StartRefused {
    List<MemberUrl> own = MemberUrl.parse(List.of("http://" + address));
    Optional<RemoteCluster> answering = questions.members(own);
    if (answering.filter(cluster -> cluster.clusterId() == identity.clusterId()).isPresent()) {
      throw StartRefused.identity(
          "another process runs as member %s at %s: %s may be a copy of its data directory"
              .formatted(identity.member(), MemberUrl.join(own), settings.dataDirectory()));
    }
  }
}
