package io.conclave.testkit.mutation;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A deliberate bug as a small change of sources, in the form of {@code git diff}. The lines in
 * front of the first file tell what the bug is; one of them may say {@code killed by seed 17}.
 *
 * <p>Line numbers don't matter: the lines of a hunk must stand at exactly one place of their file,
 * so that a patch goes on fitting while other parts of the file change.
 *
 * @param name of its file, without the ending
 * @param title what the bug is, in a sentence
 * @param seed a run that is known to find it
 * @param files by path from the root of the project
 */
public record SourcePatch(
    String name, String title, OptionalLong seed, Map<String, List<Hunk>> files) {
  private static final String ENDING = ".patch";
  private static final Pattern SEED = Pattern.compile("killed by seed (\\d+)");

  /** Lines that are replaced by others. */
  public record Hunk(List<String> before, List<String> after) {}

  /** All patches in {@code directory}, by name. */
  public static List<SourcePatch> readAll(Path directory) throws IOException {
    List<SourcePatch> patches = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
      for (Path file : files) {
        patches.add(read(file));
      }
    }
    patches.sort((a, b) -> a.name().compareTo(b.name()));
    return patches;
  }

  private static SourcePatch read(Path file) throws IOException {
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - ENDING.length());
    return parse(name, Files.readAllLines(file));
  }

  static SourcePatch parse(String name, List<String> lines) {
    OptionalLong seed = OptionalLong.empty();
    Map<String, List<Hunk>> files = new TreeMap<>();
    List<Hunk> hunks = List.of();
    Hunk hunk = null;
    for (String line : lines) {
      Matcher killer = SEED.matcher(line);
      if (files.isEmpty() && killer.find()) {
        seed = OptionalLong.of(Long.parseLong(killer.group(1)));
      } else if (line.startsWith("+++ b/")) {
        hunks = files.computeIfAbsent(line.substring("+++ b/".length()), _ -> new ArrayList<>());
        hunk = null;
      } else if (line.startsWith("@@")) {
        hunk = new Hunk(new ArrayList<>(), new ArrayList<>());
        hunks.add(hunk);
      } else if (line.startsWith("--- a/")) {
        hunk = null;
      } else if (hunk != null) {
        add(hunk, line);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(name + " changes nothing");
    }
    return new SourcePatch(name, lines.getFirst(), seed, files);
  }

  private static void add(Hunk hunk, String line) {
    char kind = line.isEmpty() ? ' ' : line.charAt(0);
    String text = line.isEmpty() ? "" : line.substring(1);
    if (kind == ' ' || kind == '-') {
      hunk.before().add(text);
    }
    if (kind == ' ' || kind == '+') {
      hunk.after().add(text);
    }
  }

  /**
   * The changed sources, by path.
   *
   * @param root of the project
   * @throws IllegalStateException if a hunk does not fit
   */
  public Map<String, String> apply(Path root) throws IOException {
    Map<String, String> changed = new TreeMap<>();
    for (Map.Entry<String, List<Hunk>> file : files.entrySet()) {
      List<String> lines = new ArrayList<>(Files.readAllLines(root.resolve(file.getKey())));
      for (Hunk hunk : file.getValue()) {
        apply(file.getKey(), lines, hunk);
      }
      changed.put(file.getKey(), String.join("\n", lines) + "\n");
    }
    return changed;
  }

  private void apply(String path, List<String> lines, Hunk hunk) {
    int at = Collections.indexOfSubList(lines, hunk.before());
    if (at < 0 || at != Collections.lastIndexOfSubList(lines, hunk.before())) {
      throw new IllegalStateException(
          "patch %s: these lines must stand at exactly one place of %s:%n%s"
              .formatted(name, path, String.join("\n", hunk.before())));
    }
    List<String> place = lines.subList(at, at + hunk.before().size());
    place.clear();
    place.addAll(hunk.after());
  }
}
