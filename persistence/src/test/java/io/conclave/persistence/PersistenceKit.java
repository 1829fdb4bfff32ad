package io.conclave.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;

/** Actor systems with our two plugins, as the node sets them up. */
final class PersistenceKit {
  private PersistenceKit() {}

  static ActorSystem system(PersistenceSettings settings) {
    return ActorSystem.create("conclave", config(settings));
  }

  static Config config(PersistenceSettings settings) {
    return ConfigFactory.parseMap(
            Map.of(
                "conclave.persistence.directory", settings.directory().toString(),
                "conclave.persistence.engine", settings.engine(),
                "conclave.persistence.segment-size", settings.segmentBytes(),
                "conclave.persistence.disk-reserve", settings.diskReserveBytes(),
                "conclave.persistence.witness-interval", settings.witnessInterval(),
                "pekko.persistence.journal.plugin", "conclave.persistence.journal",
                "pekko.persistence.snapshot-store.plugin", "conclave.persistence.snapshot-store",
                "pekko.loglevel", "WARNING",
                "pekko.loggers",
                    ConfigValueFactory.fromIterable(
                        java.util.List.of("org.apache.pekko.event.slf4j.Slf4jLogger")),
                "pekko.actor.allow-java-serialization", "off"))
        .withFallback(ConfigFactory.load());
  }
}
