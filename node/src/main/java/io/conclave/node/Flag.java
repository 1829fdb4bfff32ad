package io.conclave.node;

import static io.conclave.node.FlagKind.ADDRESS;
import static io.conclave.node.FlagKind.BOOLEAN;
import static io.conclave.node.FlagKind.CHOICE;
import static io.conclave.node.FlagKind.IGNORED;
import static io.conclave.node.FlagKind.NUMBER;
import static io.conclave.node.FlagKind.REMOVED;
import static io.conclave.node.FlagKind.TEXT;
import static io.conclave.node.FlagKind.URLS;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every flag of a member: etcd 2.3.8's (spec cli §1, §4), and our own. */
enum Flag {
  NAME(Section.MEMBER, TEXT, "default", "Name of this member."),
  DATA_DIR(Section.MEMBER, TEXT, "", "Directory of the data; if empty, <name>.etcd."),
  WAL_DIR(Section.MEMBER, TEXT, "", "Directory of the journal, if it shall not be in data-dir."),
  SNAPSHOT_COUNT(Section.MEMBER, NUMBER, "10000", "Applied entries between two snapshots."),
  HEARTBEAT_INTERVAL(Section.MEMBER, NUMBER, "100", "Time between heartbeats, in ms."),
  ELECTION_TIMEOUT(
      Section.MEMBER, NUMBER, "1000", "Time without a leader before an election, in ms."),
  LISTEN_PEER_URLS(
      Section.MEMBER, URLS, Defaults.PEER_URLS, "URLs on which to listen for other members."),
  LISTEN_CLIENT_URLS(
      Section.MEMBER, URLS, Defaults.CLIENT_URLS, "URLs on which to listen for clients."),
  MAX_SNAPSHOTS(
      Section.MEMBER, NUMBER, "5", "Snapshot files to keep, at least two; 0 keeps them all."),
  MAX_WALS(Section.MEMBER, NUMBER, "5", "No effect: the snapshots decide how much journal stays."),
  CORS(Section.MEMBER, TEXT, "", "Origins that browsers may come from, separated by commas."),
  WATCH_HISTORY(
      Section.MEMBER, NUMBER, "1000", "Past events that a watch can go back to, at most."),

  INITIAL_ADVERTISE_PEER_URLS(
      Section.CLUSTERING, URLS, Defaults.PEER_URLS, "This member's peer URLs, told to the others."),
  INITIAL_CLUSTER(
      Section.CLUSTERING,
      TEXT,
      InitialCluster.defaultFor("default"),
      "Members that form the cluster: name=url,name=url..."),
  INITIAL_CLUSTER_STATE(
      Section.CLUSTERING, "new", "Form a new cluster, or join one.", "new", "existing"),
  INITIAL_CLUSTER_TOKEN(
      Section.CLUSTERING, TEXT, "etcd-cluster", "Tells clusters with equal URLs apart."),
  ADVERTISE_CLIENT_URLS(
      Section.CLUSTERING, URLS, Defaults.CLIENT_URLS, "This member's URLs, told to clients."),
  DISCOVERY(Section.CLUSTERING, TEXT, "", "URL of a discovery service."),
  DISCOVERY_FALLBACK(
      Section.CLUSTERING, "proxy", "What to do if the cluster found is full.", "exit", "proxy"),
  DISCOVERY_PROXY(Section.CLUSTERING, TEXT, "", "HTTP proxy on the way to the service."),
  DISCOVERY_SRV(Section.CLUSTERING, TEXT, "", "DNS domain whose SRV records name the members."),
  STRICT_RECONFIG_CHECK(
      Section.CLUSTERING, BOOLEAN, "false", "Refuse changes that would leave no quorum started."),

  PROXY(Section.PROXY, "off", "Forward to a cluster instead of being a member.", Defaults.PROXIES),
  PROXY_FAILURE_WAIT(Section.PROXY, NUMBER, "5000", "Rest for a failed endpoint, in ms."),
  PROXY_REFRESH_INTERVAL(Section.PROXY, NUMBER, "30000", "Time between endpoint updates, in ms."),
  PROXY_DIAL_TIMEOUT(Section.PROXY, NUMBER, "1000", "Longest wait for a connection, in ms."),
  PROXY_WRITE_TIMEOUT(Section.PROXY, NUMBER, "5000", "Longest write, in ms."),
  PROXY_READ_TIMEOUT(Section.PROXY, NUMBER, "0", "Longest read, in ms; 0 for no limit."),

  CA_FILE(Section.SECURITY, TEXT, "", "Old form of trusted-ca-file with client-cert-auth."),
  CERT_FILE(Section.SECURITY, TEXT, "", "Certificate shown to clients."),
  KEY_FILE(Section.SECURITY, TEXT, "", "Key of cert-file."),
  CLIENT_CERT_AUTH(Section.SECURITY, BOOLEAN, "false", "Demand certificates of clients."),
  TRUSTED_CA_FILE(Section.SECURITY, TEXT, "", "Authority of the clients' certificates."),
  PEER_CA_FILE(Section.SECURITY, TEXT, "", "Old form of peer-trusted-ca-file with peer auth."),
  PEER_CERT_FILE(Section.SECURITY, TEXT, "", "Certificate shown to other members."),
  PEER_KEY_FILE(Section.SECURITY, TEXT, "", "Key of peer-cert-file."),
  PEER_CLIENT_CERT_AUTH(Section.SECURITY, BOOLEAN, "false", "Demand certificates of members."),
  PEER_TRUSTED_CA_FILE(Section.SECURITY, TEXT, "", "Authority of the members' certificates."),

  DEBUG(Section.LOGGING, BOOLEAN, "false", "Log everything from DEBUG up."),
  LOG_PACKAGE_LEVELS(Section.LOGGING, TEXT, "", "Levels of single packages: raft=DEBUG,*=INFO."),
  ENABLE_PPROF(
      Section.LOGGING, BOOLEAN, "false", "No effect: profile with the JVM's Flight Recorder."),

  FORCE_NEW_CLUSTER(
      Section.UNSAFE, BOOLEAN, "false", "Form a cluster of one from this member's data."),

  EXPERIMENTAL_V3DEMO(Section.EXPERIMENTAL, BOOLEAN, "false", "The v3 API."),
  EXPERIMENTAL_GRPC_ADDR(Section.EXPERIMENTAL, TEXT, "127.0.0.1:2378", "Address of the v3 API."),
  EXPERIMENTAL_AUTO_COMPACTION_RETENTION(
      Section.EXPERIMENTAL, NUMBER, "0", "Hours of v3 history to keep."),

  ADDR(Section.OLD, ADDRESS, "", "Old form of advertise-client-urls: ip:port."),
  BIND_ADDR(Section.OLD, ADDRESS, "", "Old form of listen-client-urls: ip:port."),
  PEER_ADDR(Section.OLD, ADDRESS, "", "Old form of initial-advertise-peer-urls: ip:port."),
  PEER_BIND_ADDR(Section.OLD, ADDRESS, "", "Old form of listen-peer-urls: ip:port."),
  PEERS(Section.OLD, REMOVED, "", "No longer there; see initial-cluster."),
  PEERS_FILE(Section.OLD, REMOVED, "", "No longer there; see initial-cluster."),
  CLUSTER_ACTIVE_SIZE(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  CLUSTER_REMOVE_DELAY(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  CLUSTER_SYNC_INTERVAL(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  CONFIG(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  FORCE(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  MAX_RESULT_BUFFER(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  MAX_RETRY_ATTEMPTS(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  PEER_HEARTBEAT_INTERVAL(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  PEER_ELECTION_TIMEOUT(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  RETRY_INTERVAL(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  SNAPSHOT(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  V(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),
  VV(Section.OLD, IGNORED, "", Defaults.NO_EFFECT),

  VERSION(Section.OTHER, BOOLEAN, "false", "Print the version and exit.");

  /** Groups of the help text. */
  enum Section {
    MEMBER("Member"),
    CLUSTERING("Clustering"),
    PROXY("Proxy"),
    SECURITY("Security"),
    LOGGING("Logging"),
    UNSAFE("Unsafe: can break the promises that the cluster gave"),
    EXPERIMENTAL("Experimental"),
    OLD("From before 2.0"),
    OTHER("Other");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Constants of the constants, which can't use fields of their own enum. */
  private static final class Defaults {
    static final String PEER_URLS = "http://localhost:2380,http://localhost:7001";
    static final String CLIENT_URLS = "http://localhost:2379,http://localhost:4001";
    static final String[] PROXIES = {"off", "readonly", "on"};
    static final String NO_EFFECT = "No effect.";
  }

  private static final Map<String, Flag> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Flag::flagName, Function.identity()));

  private final Section section;
  private final FlagKind kind;
  private final String defaultText;
  private final String description;
  private final List<String> choices;
  private final String flagName;

  Flag(Section section, FlagKind kind, String defaultText, String description) {
    this(section, kind, defaultText, description, List.of());
  }

  Flag(Section section, String defaultText, String description, String... choices) {
    this(section, CHOICE, defaultText, description, List.of(choices));
  }

  Flag(
      Section section,
      FlagKind kind,
      String defaultText,
      String description,
      List<String> choices) {
    this.section = section;
    this.kind = kind;
    this.defaultText = defaultText;
    this.description = description;
    this.choices = choices;
    this.flagName = name().toLowerCase(Locale.ROOT).replace('_', '-').replace("grpc", "gRPC");
  }

  /** The flag of that name, without dashes. */
  static Optional<Flag> named(String flagName) {
    return Optional.ofNullable(BY_NAME.get(flagName));
  }

  /** As written on the command line, without dashes. */
  String flagName() {
    return flagName;
  }

  /** The environment variable that can stand in for the flag. */
  String variable() {
    return "ETCD_" + name();
  }

  Section section() {
    return section;
  }

  FlagKind kind() {
    return kind;
  }

  String defaultText() {
    return defaultText;
  }

  String description() {
    return description;
  }

  /** The words that a {@link FlagKind#CHOICE} can be; empty for other kinds. */
  List<String> choices() {
    return choices;
  }
}
