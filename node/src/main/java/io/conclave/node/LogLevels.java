package io.conclave.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.conclave.http.MemberGateways;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Which levels are logged, from {@code --debug} and {@code --log-package-levels}.
 *
 * @param levels Logback's level by the name that a {@link LogLine} shows, {@code *} for all
 */
record LogLevels(Map<String, Level> levels) {

  /** Reads the flags. Items that mean nothing are reported and left out, as in etcd 2.3.8. */
  static LogLevels of(boolean debug, String packageLevels, StartupLog log) {
    var levels = new LinkedHashMap<String, Level>();
    levels.put("*", debug ? Level.DEBUG : Level.INFO);
    for (String item : packageLevels.isEmpty() ? new String[0] : packageLevels.split(",")) {
      int equals = item.indexOf('=');
      Level level = equals < 0 ? null : level(item.substring(equals + 1).strip());
      if (level == null) {
        log.warn("log-package-levels: can't use \"" + item + "\", it is not package=LEVEL");
      } else {
        levels.put(item.substring(0, equals).strip(), level);
      }
    }
    return new LogLevels(levels);
  }

  /** Sets the levels of the running logging library. */
  void apply() {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    levels.forEach(
        (name, level) -> {
          if (name.equals("*")) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
          } else {
            String dotted = name.replace('/', '.');
            boolean isPekko = dotted.startsWith("pekko");
            context.getLogger((isPekko ? "org.apache." : "io.conclave.") + dotted).setLevel(level);
          }
        });
  }

  /** Sets the level of everything, as {@code /config/local/log} asks. */
  static void setRoot(MemberGateways.LogLevel wanted) {
    Level level =
        switch (wanted) {
          case CRITICAL, ERROR -> Level.ERROR;
          case WARNING -> Level.WARN;
          case NOTICE, INFO -> Level.INFO;
          case DEBUG -> Level.DEBUG;
          case TRACE -> Level.TRACE;
        };
    new LogLevels(Map.of("*", level)).apply();
  }

  private static Level level(String name) {
    return switch (name) {
      case "CRITICAL", "C", "ERROR", "E" -> Level.ERROR;
      case "WARNING", "W" -> Level.WARN;
      case "NOTICE", "N", "INFO", "I" -> Level.INFO;
      case "DEBUG", "D" -> Level.DEBUG;
      case "TRACE", "T" -> Level.TRACE;
      default -> null;
    };
  }
}
