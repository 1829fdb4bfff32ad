package io.conclave.testkit.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Renders summaries as an aligned table, as Markdown, or as CSV with one line per target. */
enum Report {
  TABLE {
    @Override
    String render(List<Line> lines) {
      List<List<String>> cells = cells(lines);
      List<Integer> widths =
          IntStream.range(0, HEADINGS.size()).map(column -> widest(cells, column)).boxed().toList();
      return cells.stream()
          .map(row -> padded(row, widths).stripTrailing() + "\n")
          .collect(Collectors.joining());
    }
  },
  MARKDOWN {
    @Override
    String render(List<Line> lines) {
      List<String> rows = new ArrayList<>(cells(lines).stream().map(Report::piped).toList());
      rows.add(1, piped(HEADINGS.stream().map(heading -> "---").toList()));
      return String.join("", rows);
    }
  },
  CSV {
    @Override
    String render(List<Line> lines) {
      StringBuilder out = new StringBuilder(CSV_HEADINGS);
      for (Line line : lines) {
        line.summaries().forEach(summary -> out.append(csv(summary)));
      }
      return out.toString();
    }
  };

  /** The summaries of one row: the target, and what it is compared with if anything. */
  record Line(List<Summary> summaries) {
    Line {
      summaries = List.copyOf(summaries);
    }
  }

  private static final List<String> HEADINGS =
      List.of(
          "workload",
          "connections",
          "target",
          "per second (min-max)",
          "p50 ms",
          "p99 ms (min-max)",
          "p99.9 ms",
          "first p50/max ms",
          "failures");
  private static final String CSV_HEADINGS =
      "workload,connections,kept,target,per_second,per_second_min,per_second_max,p50_ms,p99_ms,"
          + "p99_ms_min,p99_ms_max,p999_ms,first_p50_ms,first_max_ms,failures\n";

  abstract String render(List<Line> lines);

  private static List<List<String>> cells(List<Line> lines) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(HEADINGS);
    for (Line line : lines) {
      line.summaries().forEach(summary -> cells.add(cells(summary)));
      if (line.summaries().size() == 2) {
        cells.add(ratio(line.summaries().getFirst(), line.summaries().getLast()));
      }
    }
    return cells;
  }

  private static List<String> cells(Summary summary) {
    Spread rate = summary.perSecond();
    Spread p99 = summary.p99();
    return List.of(
        summary.row().workload().label(),
        summary.row().connectionsLabel(),
        summary.target().label(),
        format("%,.0f (%,.0f-%,.0f)", rate.median(), rate.min(), rate.max()),
        format("%.2f", summary.p50().median()),
        format("%.2f (%.2f-%.2f)", p99.median(), p99.min(), p99.max()),
        format("%.2f", summary.p999().median()),
        summary.row().keepAlive()
            ? format("%.1f/%.1f", summary.firstP50().median(), summary.firstMax().max())
            : "",
        Failure.describe(summary.failures()));
  }

  private static List<String> ratio(Summary one, Summary other) {
    return List.of(
        "",
        "",
        "ratio",
        quotient(one.perSecond(), other.perSecond()),
        quotient(one.p50(), other.p50()),
        quotient(one.p99(), other.p99()),
        quotient(one.p999(), other.p999()),
        "",
        "");
  }

  private static String quotient(Spread one, Spread other) {
    return other.median() == 0 ? "-" : format("%.2f", one.median() / other.median());
  }

  private static String csv(Summary summary) {
    Spread rate = summary.perSecond();
    return format(
        "%s,%d,%b,%s,%.1f,%.1f,%.1f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%s%n",
        summary.row().workload().label(),
        summary.row().connections(),
        summary.row().keepAlive(),
        summary.target().label(),
        rate.median(),
        rate.min(),
        rate.max(),
        summary.p50().median(),
        summary.p99().median(),
        summary.p99().min(),
        summary.p99().max(),
        summary.p999().median(),
        summary.firstP50().median(),
        summary.firstMax().max(),
        Failure.describe(summary.failures()));
  }

  private static int widest(List<List<String>> cells, int column) {
    return cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String padded(List<String> row, List<Integer> widths) {
    StringBuilder out = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      boolean leftAligned = column < 3 || column == row.size() - 1;
      String layout = "%" + (leftAligned ? "-" : "") + widths.get(column) + "s  ";
      out.append(format(layout, row.get(column)));
    }
    return out.toString();
  }

  private static String piped(List<String> row) {
    return "| " + String.join(" | ", row) + " |\n";
  }

  private static String format(String layout, Object... arguments) {
    return String.format(Locale.ROOT, layout, arguments);
  }
}
