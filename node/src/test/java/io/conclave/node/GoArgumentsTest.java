package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoArgumentsTest {
  private static GoArguments read(String... arguments) {
    return GoArguments.read(List.of(arguments));
  }

  @Test
  void oneDashOrTwoAndBlankOrEqualsAreTheSame() {
    List<String> expected = List.of("--name=s", "--name=s", "--name=s", "--name=s");
    assertEquals(expected, read("-name", "s", "--name", "s", "-name=s", "--name=s").flags());
  }

  @Test
  void aValueMayLookLikeAFlagOrBeEmptyOrContainEquals() {
    assertEquals(
        List.of("--name=--debug", "--cors=", "--initial-cluster=a=b"),
        read("--name", "--debug", "--cors", "", "-initial-cluster=a=b").flags());
  }

  @Test
  void booleansNeverTakeTheNextArgument() {
    GoArguments read = read("--debug", "false", "--name", "x");
    assertEquals(List.of("--debug=true"), read.flags());
    assertEquals(Optional.of("false"), read.positional());
  }

  @Test
  void flagsFromBefore2AreBooleans() {
    GoArguments read = read("--v", "-config=5", "--snapshot", "5");
    assertEquals(List.of("--v=true", "--config=5", "--snapshot=true"), read.flags());
    assertEquals(Optional.of("5"), read.positional());
  }

  @Test
  void readingEndsAtTwoDashes() {
    GoArguments read = read("--name", "x", "--", "--debug");
    assertEquals(List.of("--name=x"), read.flags());
    assertEquals(Optional.of("--debug"), read.positional());
    assertEquals(Optional.empty(), read("--").positional());
  }

  @Test
  void aSingleDashIsNoFlag() {
    assertEquals(Optional.of("-"), read("-", "--nosuch").positional());
  }

  @Test
  void helpEndsTheReading() {
    for (String help : List.of("-h", "--h", "-help", "--help", "--help=x")) {
      GoArguments read = read("--name", "x", help, "--nosuch");
      assertTrue(read.help(), help);
      assertEquals(Optional.empty(), read.problem());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "---name, bad flag syntax: ---name",
    "--=x, bad flag syntax: --=x",
    "--nosuch=1, flag provided but not defined: -nosuch",
    "-nosuch, flag provided but not defined: -nosuch",
    "--name, flag needs an argument: -name",
    "-Name=x, flag provided but not defined: -Name",
  })
  void whatCantBeReadIsNamed(String argument, String problem) {
    GoArguments read = read("--debug", argument);
    assertEquals(Optional.of(problem), read.problem());
    assertEquals(List.of("--debug=true"), read.flags());
  }
}
