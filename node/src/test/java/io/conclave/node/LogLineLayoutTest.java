package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogLineLayoutTest {
  private final LoggerContext context = new LoggerContext();
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void collectLines() {
    var layout = new LogLineLayout();
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(layout.doLayout(event));
          }
        };
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.TRACE);
    root.addAppender(appender);
  }

  @Test
  void aLineHasEtcdsForm() {
    Logger log = context.getLogger("io.conclave.raft.RaftMember");
    log.atInfo().addKeyValue("term", 2).addKeyValue("cause", "a \"b\"").log("became leader");
    assertEquals(1, lines.size());
    assertTrue(
        lines
            .getFirst()
            .matches(
                "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} I \\| raft: became leader"
                    + " term=2 cause=\"a \\\\\"b\\\\\"\"\n"),
        lines.getFirst());
  }

  @Test
  void eachLevelHasItsLetter() {
    Logger log = context.getLogger("x");
    log.error("");
    log.warn("");
    log.info("");
    log.debug("");
    log.trace("");
    int letter = "2006-01-02 15:04:05.000000 ".length();
    assertEquals(
        List.of("E", "W", "I", "D", "D"),
        lines.stream().map(line -> line.substring(letter, letter + 1)).toList());
  }

  @Test
  void aTextCantForgeALine() {
    context.getLogger("x").info("one\ntwo\u001b[0m");
    assertTrue(lines.getFirst().endsWith("one\\ntwo\\u001b[0m\n"), lines.getFirst());
  }

  @Test
  void aStackTraceFollowsItsLine() {
    context.getLogger("x").error("broken", new IllegalStateException("why"));
    List<String> parts = lines.getFirst().lines().toList();
    assertTrue(parts.get(0).endsWith("broken"));
    assertEquals("java.lang.IllegalStateException: why", parts.get(1));
  }

  @Test
  void originsAreShort() {
    assertEquals("raft/peer", LogLineLayout.origin("io.conclave.raft.peer.PeerRegistry"));
    assertEquals("pekko/actor", LogLineLayout.origin("org.apache.pekko.actor.ActorSystemImpl"));
    assertEquals("ROOT", LogLineLayout.origin("ROOT"));
    assertEquals("node", LogLineLayout.origin("io.conclave.node.Main$1"));
  }
}
