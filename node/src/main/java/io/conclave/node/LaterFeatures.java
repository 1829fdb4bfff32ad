package io.conclave.node;

import io.conclave.http.MemberUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What flags can ask for and we can't do yet: refused before anything is started, never ignored.
 * Flags that change nothing are said to change nothing.
 */
final class LaterFeatures {
  /** Flags that have a meaning, and none yet here. */
  static final Set<Flag> FLAGS = flags();

  private LaterFeatures() {}

  private static Set<Flag> flags() {
    EnumSet<Flag> flags =
        EnumSet.of(
            Flag.DISCOVERY,
            Flag.DISCOVERY_FALLBACK,
            Flag.DISCOVERY_PROXY,
            Flag.DISCOVERY_SRV,
            Flag.FORCE_NEW_CLUSTER,
            Flag.EXPERIMENTAL_V3DEMO);
    for (Flag flag : Flag.values()) {
      if (flag.section() == Flag.Section.PROXY || flag.section() == Flag.Section.SECURITY) {
        flags.add(flag);
      }
    }
    return Collections.unmodifiableSet(flags);
  }

  /** Refuses features that come later, whatever the data directory holds. */
  static void refuse(FlagValues values, DataDirectory.Content content) throws StartRefused {
    if (content == DataDirectory.Content.PROXY) {
      throw notYet("a data directory of a proxy");
    }
    boolean isFresh = content == DataDirectory.Content.NOTHING;
    if (isFresh && !values.text(Flag.PROXY).equals("off")) {
      throw notYet("--proxy");
    }
    for (Flag flag : List.of(Flag.FORCE_NEW_CLUSTER, Flag.EXPERIMENTAL_V3DEMO)) {
      if (values.isOn(flag)) {
        throw notYet("--" + flag.flagName());
      }
    }
    for (Flag flag : List.of(Flag.DISCOVERY, Flag.DISCOVERY_SRV)) {
      if (isFresh && !values.text(flag).isEmpty()) {
        throw notYet("--" + flag.flagName());
      }
    }
  }

  /** Refuses HTTPS: with the reasons of etcd 2.3.8 for what could not work anyway. */
  static void refuseTls(FlagValues values, NodeSettings settings, StartupLog log)
      throws StartRefused {
    refuseTls(TlsSettings.ofPeers(values), settings.listenPeerUrls(), log);
    refuseTls(TlsSettings.ofClients(values), settings.listenClientUrls(), log);
  }

  /** Tells of flags that were given and have no effect. */
  static void tellIdle(FlagValues values, StartupLog log) {
    for (Flag flag : List.of(Flag.MAX_WALS, Flag.ENABLE_PPROF)) {
      if (values.isGiven(flag)) {
        log.info("--%s: %s".formatted(flag.flagName(), flag.description()));
      }
    }
  }

  private static void refuseTls(TlsSettings tls, List<MemberUrl> urls, StartupLog log)
      throws StartRefused {
    if (!tls.isEmpty()) {
      log.info(tls.toString());
    }
    Optional<MemberUrl> https = urls.stream().filter(MemberUrl::isHttps).findFirst();
    if (https.isEmpty()) {
      if (!tls.isEmpty() || tls.clientCertAuth()) {
        log.warn(
            "the %s URLs are http: the certificate flags have no effect".formatted(tls.side()));
      }
      return;
    }
    if (tls.isEmpty()) {
      String listener = tls.side().equals("peer") ? https.get().toString() : "given listener";
      throw StartRefused.because(
          "cannot listen on TLS for %s: KeyFile and CertFile are not presented", listener);
    }
    if (tls.problem().isPresent()) {
      throw StartRefused.because("%s", tls.problem().get());
    }
    for (String file : List.of(tls.certFile(), tls.keyFile())) {
      if (Files.notExists(Path.of(file))) {
        throw StartRefused.because("open %s: no such file or directory", file);
      }
    }
    throw notYet("HTTPS");
  }

  private static StartRefused notYet(String feature) {
    return StartRefused.because("%s: not implemented yet", feature);
  }
}
