package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogLevelsTest {
  private final CapturedLog log = new CapturedLog();

  @Test
  void debugIsForAllPackages() {
    assertEquals(Map.of("*", Level.DEBUG), LogLevels.of(true, "", log.log()).levels());
    assertEquals(Map.of("*", Level.INFO), LogLevels.of(false, "", log.log()).levels());
  }

  @Test
  void packagesHaveLevelsOfTheirOwn() {
    assertEquals(
        Map.of("*", Level.WARN, "raft", Level.DEBUG, "pekko/actor", Level.ERROR),
        LogLevels.of(true, "*=WARNING,raft=DEBUG, pekko/actor=CRITICAL", log.log()).levels());
    assertEquals(List.of(), log.lines());
  }

  @Test
  void whatMeansNothingIsReportedAndLeftOut() {
    assertEquals(
        Map.of("*", Level.INFO, "raft", Level.DEBUG),
        LogLevels.of(false, "nonsense,x=LOUD,raft=DEBUG", log.log()).levels());
    assertEquals(
        List.of(
            "W | node: log-package-levels: can't use \"nonsense\", it is not package=LEVEL",
            "W | node: log-package-levels: can't use \"x=LOUD\", it is not package=LEVEL"),
        log.lines());
  }
}
