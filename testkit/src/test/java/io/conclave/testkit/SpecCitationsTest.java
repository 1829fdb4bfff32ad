package io.conclave.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever the sources cite can be looked up in {@code docs}. */
final class SpecCitationsTest {
  private static final Path ROOT = Path.of("..");

  /** From the word on, as far as sections are named: {@code spec v2-keys §5, §10 to §12}. */
  private static final Pattern CITATION =
      Pattern.compile("\\bspec (v[12]-?\\w*|cli)((?:,? (?:and |to )?(?:v2-\\w+ )?§\\d+)*)");

  private static final Pattern SECTION = Pattern.compile("(?:(v2-\\w+) )?§(\\d+)");
  private static final Pattern DIVERGENCE =
      Pattern.compile("\\bdivergences? (\\d+)(?: and (\\d+))?");
  private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\|", Pattern.MULTILINE);
  private static final Pattern RECORDING = Pattern.compile("\\b([cekrtw]\\d\\d)\\b");

  @Test
  void everyCitedSectionIsInTheDocument() throws IOException {
    Set<String> known = sections();
    Set<String> cited = new TreeSet<>();
    for (String source : sources()) {
      CITATION.matcher(source).results().forEach(citation -> cited.addAll(sectionsOf(citation)));
    }
    assertTrue(cited.size() > 20, cited::toString);
    cited.removeAll(known);
    assertEquals(Set.of(), cited);
  }

  @Test
  void everyCitedDivergenceIsARow() throws IOException {
    Set<String> known = rows(Files.readString(ROOT.resolve("docs/divergences.md")));
    Set<String> cited = new TreeSet<>();
    for (String source : sources()) {
      DIVERGENCE
          .matcher(source)
          .results()
          .flatMap(found -> Stream.of(found.group(1), found.group(2)))
          .filter(number -> number != null)
          .forEach(cited::add);
    }
    assertTrue(cited.size() > 3, cited::toString);
    cited.removeAll(known);
    assertEquals(Set.of(), cited);
  }

  @Test
  void everyRecordingThatTheDocumentNamesIsThere() throws IOException {
    Set<String> files = new HashSet<>();
    try (Stream<Path> recordings = Files.list(Path.of("src/test/resources/golden"))) {
      recordings.forEach(file -> files.add(file.getFileName().toString().split("-")[0]));
    }
    Set<String> named = new TreeSet<>();
    Matcher recording = RECORDING.matcher(Files.readString(ROOT.resolve("docs/spec.md")));
    recording.results().forEach(found -> named.add(found.group(1)));
    assertTrue(named.size() > 20, named::toString);
    named.removeAll(files);
    assertEquals(Set.of(), named);
  }

  /** Each as {@code v2-keys §5}; a citation without a section stands for its document. */
  private static List<String> sectionsOf(MatchResult citation) {
    String document = citation.group(1);
    List<String> found = new ArrayList<>(List.of(document));
    for (MatchResult section : SECTION.matcher(citation.group(2)).results().toList()) {
      document = section.group(1) == null ? document : section.group(1);
      found.add(document + " §" + section.group(2));
    }
    return found;
  }

  private static Set<String> sections() throws IOException {
    Set<String> sections = new HashSet<>();
    for (String part : Files.readString(ROOT.resolve("docs/spec.md")).split("\n## ")) {
      String document = part.lines().findFirst().orElseThrow();
      sections.add(document);
      rows(part).forEach(row -> sections.add(document + " §" + row));
    }
    return sections;
  }

  private static Set<String> rows(String table) {
    Set<String> rows = new HashSet<>();
    ROW.matcher(table).results().forEach(row -> rows.add(row.group(1)));
    return rows;
  }

  /** All Java files, each as one line without the asterisks of comments. */
  private static List<String> sources() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String module : List.of("actors", "persistence", "http-api", "node", "testkit")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          texts.add(Files.readString(file).replaceAll("\\s*\n\\s*(?:\\*|//)?\\s*", " "));
        }
      }
    }
    return texts;
  }
}
