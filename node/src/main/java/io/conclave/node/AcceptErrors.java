package io.conclave.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Marker;

/**
 * Tells once in ten seconds, in one line, that connections can't be accepted. Pekko tries again at
 * once and would fill the log with hundreds of stack traces in a second. Made by {@code
 * logback.xml}.
 */
public final class AcceptErrors extends TurboFilter {
  private static final String LISTENER = "org.apache.pekko.io.TcpListener";
  private static final String ACCEPT = "Accept error";
  private static final long TOLD_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final AtomicLong tellAtNanos = new AtomicLong(System.nanoTime());

  @Override
  public FilterReply decide(
      Marker marker,
      Logger logger,
      Level level,
      String format,
      Object[] arguments,
      Throwable failure) {
    if (failure == null || level != Level.ERROR || !isOfAccepting(logger, format)) {
      return FilterReply.NEUTRAL;
    }
    long now = System.nanoTime();
    long tellAt = tellAtNanos.get();
    if (now - tellAt >= 0 && tellAtNanos.compareAndSet(tellAt, now + TOLD_EVERY_NANOS)) {
      logger
          .getLoggerContext()
          .getLogger(AcceptErrors.class)
          .atWarn()
          .addKeyValue("cause", failure.getMessage())
          .log("can't accept connections");
    }
    return FilterReply.DENY;
  }

  private static boolean isOfAccepting(Logger logger, String format) {
    return logger.getName().equals(LISTENER) && format != null && format.startsWith(ACCEPT);
  }
}
