package io.conclave.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.event.KeyValuePair;

/**
 * Logback's events as {@link LogLine}s: key-value pairs follow the message as {@code key=value}, a
 * stack trace stands on lines of its own. Made by {@code logback.xml}.
 */
public final class LogLineLayout extends LayoutBase<ILoggingEvent> {
  /** Loggers are few and named after classes; their short names are worked out once. */
  private final ConcurrentHashMap<String, String> origins = new ConcurrentHashMap<>();

  @Override
  public String doLayout(ILoggingEvent event) {
    var text = new StringBuilder(event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        text.append(' ').append(pair.key).append('=').append(quoted(String.valueOf(pair.value)));
      }
    }
    String origin = origins.computeIfAbsent(event.getLoggerName(), LogLineLayout::origin);
    String line =
        LogLine.format(event.getInstant(), letter(event.getLevel()), origin, text.toString());
    if (event.getThrowableProxy() == null) {
      return line + "\n";
    }
    return line + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
  }

  /**
   * The package of a class, without what all of ours have in common: {@code
   * io.conclave.raft.peer.X} is {@code raft/peer}, {@code org.apache.pekko.actor.X} is {@code
   * pekko/actor}.
   */
  static String origin(String loggerName) {
    String name = loggerName;
    for (String common : new String[] {"io.conclave.", "org.apache."}) {
      name = name.startsWith(common) ? name.substring(common.length()) : name;
    }
    int dot = name.lastIndexOf('.');
    boolean endsInClass = dot >= 0 && Character.isUpperCase(name.charAt(dot + 1));
    return (endsInClass ? name.substring(0, dot) : name).replace('.', '/');
  }

  private static char letter(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> 'E';
      case Level.WARN_INT -> 'W';
      case Level.INFO_INT -> 'I';
      default -> 'D';
    };
  }

  private static String quoted(String value) {
    boolean isPlain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != '"');
    return isPlain ? value : "\"" + value.replace("\"", "\\\"") + "\"";
  }
}
