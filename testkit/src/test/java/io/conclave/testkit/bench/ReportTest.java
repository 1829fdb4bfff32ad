package io.conclave.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Row ROW = new Row(Workload.GET, 16, true);

  @Test
  void theMedianIsTheMiddleRoundOrTheMeanOfTheMiddleTwo() {
    assertEquals(new Spread(3, 1, 9), Spread.of(List.of(9.0, 1.0, 3.0)));
    assertEquals(new Spread(2, 1, 9), Spread.of(List.of(9.0, 1.0, 1.0, 3.0)));
    assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
  }

  @Test
  void twoTargetsAreFollowedByTheRatioOfTheirMedians() {
    String table = Report.MARKDOWN.render(List.of(line()));
    List<String> rows = table.lines().toList();
    assertEquals(5, rows.size());
    assertEquals(
        "| get | 16 kept | one | 3,000 (2,000-4,000) | 0.50 | 0.50 (0.50-0.50) | 0.50 | 1.0/1.0 |"
            + "  |",
        rows.get(2));
    assertTrue(rows.get(3).endsWith("| timeout 6 |"), rows.get(3));
    assertEquals("|  |  | ratio | 2.00 | 0.25 | 0.25 | 0.25 |  |  |", rows.get(4));
  }

  @Test
  void csvHasOneLineForEachTarget() {
    List<String> lines = Report.CSV.render(List.of(line())).lines().toList();
    assertEquals(3, lines.size());
    assertTrue(lines.get(1).startsWith("get,16,true,one,3000.0,2000.0,4000.0,0.5000,"));
    assertEquals(lines.get(0).split(",", -1).length, lines.get(2).split(",", -1).length);
  }

  @Test
  void columnsOfTheTableLineUp() {
    List<String> lines = Report.TABLE.render(List.of(line())).lines().toList();
    int edge = lines.get(0).indexOf("target");
    assertEquals(edge, lines.get(1).indexOf("one"));
    assertEquals(edge, lines.get(3).indexOf("ratio"));
  }

  @Test
  void loadOnOtherMachinesNeedsToBeAllowed() {
    String remote = "http://192.0.2.1:2379";
    assertThrows(IllegalArgumentException.class, () -> Target.parse(remote, "", false));
    assertEquals("192.0.2.1:2379", Target.parse(remote, "", true).label());
    assertThrows(IllegalArgumentException.class, () -> Target.parse("https://127.0.0.1", "", true));
    assertThrows(
        IllegalArgumentException.class, () -> Target.parse("http://127.0.0.1/v2", "", true));
  }

  @Test
  void everyValueOutOfRangeIsNamed() {
    Duration second = Duration.ofSeconds(1);
    Target target = Target.parse("http://127.0.0.1:1", "", false);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new BenchPlan(
                    List.of(target), List.of(ROW), 0, second, second, second, 1, 1, 101, 1, 1));
    assertEquals(
        "--rounds must be 1 to 100, not 0; --write-percent must be 0 to 100, not 101",
        refused.getMessage());
  }

  private static Report.Line line() {
    List<LoadResult> one =
        List.of(result(3000, 0.5, 0), result(2000, 0.5, 0), result(4000, 0.5, 0));
    List<LoadResult> other = List.of(result(1500, 2, 1), result(1500, 2, 2), result(1500, 2, 3));
    return new Report.Line(
        List.of(
            Summary.of(ROW, Target.parse("http://127.0.0.1:1", "one", false), one),
            Summary.of(ROW, Target.parse("http://127.0.0.1:2", "other", false), other)));
  }

  private static LoadResult result(double perSecond, double millis, long timeouts) {
    LatencyRecorder steady = new LatencyRecorder();
    steady.record((long) (millis * 1e6));
    LatencyRecorder first = new LatencyRecorder();
    first.record(1_000_000);
    Map<Failure, Long> failures = timeouts == 0 ? Map.of() : Map.of(Failure.TIMEOUT, timeouts);
    return new LoadResult(perSecond, steady, first, failures);
  }
}
