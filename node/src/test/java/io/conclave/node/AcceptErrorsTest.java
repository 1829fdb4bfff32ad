package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class AcceptErrorsTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach
  void install() {
    context.addTurboFilter(new AcceptErrors());
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(told);
    told.start();
  }

  @Test
  void aFloodOfFailuresIsOneLine() {
    Logger pekko = context.getLogger("org.apache.pekko.io.TcpListener");
    for (int i = 0; i < 1000; i++) {
      pekko.error(
          "Accept error: could not accept new connection", new IOException("Too many open files"));
    }
    assertEquals(1, told.list.size());
    ILoggingEvent event = told.list.getFirst();
    assertEquals(Level.WARN, event.getLevel());
    assertEquals("can't accept connections", event.getMessage());
    assertEquals("Too many open files", event.getKeyValuePairs().getFirst().value);
  }

  @Test
  void everythingElsePasses() {
    context
        .getLogger("org.apache.pekko.io.TcpListener")
        .error("Bind failed", new IOException("no such address"));
    context.getLogger("other").error("failed", new IOException("Too many open files"));
    List<String> messages = told.list.stream().map(ILoggingEvent::getMessage).toList();
    assertEquals(List.of("Bind failed", "failed"), messages);
  }
}
