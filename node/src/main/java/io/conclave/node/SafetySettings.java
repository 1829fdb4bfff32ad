package io.conclave.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.conclave.settings.InvalidSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The settings of Pekko on which safety or liveness rests. They stand in {@code application.conf};
 * a file of that name that comes first on the class path, or a system property, could say otherwise
 * without anybody noticing.
 */
final class SafetySettings {
  private static final Config EXPECTED =
      ConfigFactory.parseString(
          """
          pekko.actor.allow-java-serialization = off
          pekko.remote.artery {
            enabled = on
            transport = tcp
            untrusted-mode = on
            trusted-selection-paths = [
              "/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/user/raft/peers"
            ]
            large-message-destinations = ["/user/raft/bulk/*", "/user/raft/snapshots/*"]
            advanced {
              tcp-magic = ["\\u0001cv1"]
              maximum-frame-size = 256 KiB
              maximum-large-frame-size = 2 MiB
              inbound-lanes = 1
              outbound-lanes = 1
              outbound-max-restarts = 1000000
              inbound-max-restarts = 1000000
              handshake-retry-interval = 200 ms
              inject-handshake-interval = 200 ms
              outbound-restart-backoff = 200 ms
            }
          }
          pekko.jvm-shutdown-hooks = off
          pekko.cluster {
            downing-provider-class = ""
            shutdown-after-unsuccessful-join-seed-nodes = off
            run-coordinated-shutdown-when-down = off
            configuration-compatibility-check.enforce-on-join = off
          }
          pekko.persistence.journal.plugin = "conclave.persistence.journal"
          pekko.persistence.snapshot-store.plugin = "conclave.persistence.snapshot-store"
          conclave.persistence.journal {
            circuit-breaker.call-timeout = 0s
            recovery-event-timeout = 30m
            replay-filter.mode = fail
            write-response-global-order = off
          }
          conclave.persistence.snapshot-store {
            circuit-breaker.call-timeout = 30m
            snapshot-is-optional = false
          }
          conclave.http.pekko-server {
            request-timeout = infinite
            idle-timeout = infinite
            linger-timeout = infinite
            stream-cancellation-delay = 0 ms
          }
          """);

  /** A value can be spelled in several ways; the first of these that understands ours decides. */
  private static final List<BiFunction<Config, String, Object>> READINGS =
      List.of(
          Config::getBoolean,
          Config::getDuration,
          Config::getBytes,
          Config::getStringList,
          Config::getString);

  private SafetySettings() {}

  /**
   * Compares the configuration that the actor system will get.
   *
   * @throws InvalidSettings naming every setting that is not as it must be
   */
  static void check(Config config) {
    List<String> problems =
        EXPECTED.entrySet().stream()
            .map(entry -> entry.getKey())
            .sorted()
            .filter(key -> !isAsExpected(config, key))
            .map(key -> key + " must be " + text(EXPECTED, key) + ", is " + text(config, key))
            .toList();
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }

  private static boolean isAsExpected(Config config, String key) {
    for (BiFunction<Config, String, Object> reading : READINGS) {
      Optional<Object> expected = read(EXPECTED, key, reading);
      if (expected.isPresent()) {
        return expected.equals(read(config, key, reading));
      }
    }
    throw new IllegalStateException("no way to read " + key);
  }

  private static Optional<Object> read(
      Config config, String key, BiFunction<Config, String, Object> reading) {
    try {
      return Optional.of(reading.apply(config, key));
    } catch (ConfigException anotherKindOfValue) {
      return Optional.empty();
    }
  }

  private static String text(Config config, String key) {
    return config.hasPath(key)
        ? config.getValue(key).render(ConfigRenderOptions.concise())
        : "not set";
  }
}
