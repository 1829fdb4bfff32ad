package io.conclave.testkit.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * A scenario as it stands in its file: blocks of commands, a line of dashes, and what is expected
 * to happen, with an empty line between blocks. Lines that begin with {@code #} before the first
 * command of a block belong to the reader.
 */
public record ScenarioFile(List<Block> blocks) {
  private static final String SEPARATOR = "----";

  /** Commands and their trace. */
  public record Block(List<String> comments, List<String> commands, List<String> expected) {
    public Block {
      comments = List.copyOf(comments);
      commands = List.copyOf(commands);
      expected = List.copyOf(expected);
    }
  }

  public ScenarioFile {
    blocks = List.copyOf(blocks);
  }

  /** Throws {@link IllegalArgumentException} if a block has no line of dashes. */
  public static ScenarioFile parse(String text) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String line : (text + "\n").split("\n", -1)) {
      if (!line.isBlank()) {
        lines.add(line.stripTrailing());
      } else if (!lines.isEmpty()) {
        blocks.add(block(lines));
        lines.clear();
      }
    }
    return new ScenarioFile(blocks);
  }

  private static Block block(List<String> lines) {
    int separator = lines.indexOf(SEPARATOR);
    if (separator < 0) {
      throw new IllegalArgumentException("no line of dashes behind: " + lines.getFirst());
    }
    List<String> head = lines.subList(0, separator);
    return new Block(
        head.stream().filter(line -> line.startsWith("#")).toList(),
        head.stream().filter(line -> !line.startsWith("#")).toList(),
        lines.subList(separator + 1, lines.size()));
  }

  /** The text that {@link #parse} reads. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Block block : blocks) {
      block.comments().forEach(line -> text.append(line).append('\n'));
      block.commands().forEach(line -> text.append(line).append('\n'));
      text.append(SEPARATOR).append('\n');
      block.expected().forEach(line -> text.append(line).append('\n'));
      text.append('\n');
    }
    return text.toString().stripTrailing() + "\n";
  }
}
