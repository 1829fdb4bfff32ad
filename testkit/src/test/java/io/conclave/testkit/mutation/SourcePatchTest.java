package io.conclave.testkit.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourcePatchTest {
  private static final String PATCH =
      """
      Two becomes three.
      killed by seed 42
      --- a/src/A.java
      +++ b/src/A.java
      @@ -10,3 +10,3 @@
       one
      -two
      +three

      --- a/src/B.java
      +++ b/src/B.java
      @@ -1 +1,2 @@
       first
      +second
      """;

  @TempDir private Path root;

  private final SourcePatch patch = SourcePatch.parse("two-becomes-three", PATCH.lines().toList());

  @BeforeEach
  void writeSources() throws IOException {
    Files.createDirectory(root.resolve("src"));
    Files.writeString(root.resolve("src/B.java"), "first\nlast\n");
  }

  private void writeA(String text) throws IOException {
    Files.writeString(root.resolve("src/A.java"), text);
  }

  @Test
  void tellsWhatItIsAndWhatFindsIt() {
    assertEquals("Two becomes three.", patch.title());
    assertEquals(OptionalLong.of(42), patch.seed());
    assertEquals(List.of("src/A.java", "src/B.java"), List.copyOf(patch.files().keySet()));
  }

  @Test
  void changesItsLinesWhereverTheyStand() throws IOException {
    writeA("zero\nhalf\none\ntwo\n\nfour\n");
    assertEquals("zero\nhalf\none\nthree\n\nfour\n", patch.apply(root).get("src/A.java"));
    assertEquals("first\nsecond\nlast\n", patch.apply(root).get("src/B.java"));
  }

  @Test
  void refusesToGuess() throws IOException {
    writeA("one\nfour\n");
    assertThrows(IllegalStateException.class, () -> patch.apply(root));
    writeA("one\ntwo\n\none\ntwo\n\n");
    IllegalStateException twice =
        assertThrows(IllegalStateException.class, () -> patch.apply(root));
    assertTrue(twice.getMessage().contains("src/A.java"), twice.getMessage());
  }

  @Test
  void mustChangeSomething() {
    assertThrows(
        IllegalArgumentException.class, () -> SourcePatch.parse("empty", List.of("Nothing.")));
  }
}
