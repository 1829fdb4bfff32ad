package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.MemberUrl;
import io.conclave.node.CommandLine.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {
  private final CapturedLog log = new CapturedLog();

  private Request read(Map<String, String> environment, String... arguments) throws StartRefused {
    return CommandLine.read(List.of(arguments), environment, log.log());
  }

  private FlagValues values(Map<String, String> environment, String... arguments)
      throws StartRefused {
    return ((Request.Start) read(environment, arguments)).values();
  }

  private String refused(Map<String, String> environment, String... arguments) {
    return assertThrows(StartRefused.class, () -> read(environment, arguments)).getMessage();
  }

  @Test
  void everyFlagHasItsDefault() throws StartRefused {
    FlagValues values = values(Map.of());
    assertEquals("default", values.text(Flag.NAME));
    assertEquals(10000, values.number(Flag.SNAPSHOT_COUNT));
    assertFalse(values.isOn(Flag.DEBUG));
    assertEquals("off", values.text(Flag.PROXY));
    assertEquals(
        "http://localhost:2379,http://localhost:4001",
        MemberUrl.join(values.urls(Flag.LISTEN_CLIENT_URLS)));
    for (Flag flag : Flag.values()) {
      assertFalse(values.isGiven(flag), flag.flagName());
      if (!flag.defaultText().isEmpty()) {
        flag.kind().check(flag, flag.defaultText());
      }
    }
  }

  @Test
  void namesAreThoseOfEtcd() {
    assertEquals("experimental-gRPC-addr", Flag.EXPERIMENTAL_GRPC_ADDR.flagName());
    assertEquals("ETCD_EXPERIMENTAL_GRPC_ADDR", Flag.EXPERIMENTAL_GRPC_ADDR.variable());
    assertEquals("initial-advertise-peer-urls", Flag.INITIAL_ADVERTISE_PEER_URLS.flagName());
    assertEquals("ETCD_LISTEN_PEER_URLS", Flag.LISTEN_PEER_URLS.variable());
  }

  @Test
  void theLastOfSeveralCountsButAllAreChecked() throws StartRefused {
    assertEquals("c", values(Map.of(), "--name", "a", "-name=b", "--name", "c").text(Flag.NAME));
    assertEquals(
        "invalid value \"x\" for flag -proxy: invalid value",
        ((Request.Misused) read(Map.of(), "--proxy", "x", "--proxy", "on")).problem());
  }

  @Test
  void valuesAreTakenAsTheyStand() throws StartRefused {
    FlagValues values =
        values(
            Map.of(), "--name", "\"a b\"", "--cors=", "--wal-dir", "${env:HOME}", "--ca-file=@x");
    assertEquals("\"a b\"", values.text(Flag.NAME));
    assertTrue(values.isGiven(Flag.CORS));
    assertEquals("", values.text(Flag.CORS));
    assertEquals("${env:HOME}", values.text(Flag.WAL_DIR));
    assertEquals("@x", values.text(Flag.CA_FILE));
  }

  @ParameterizedTest
  @CsvSource({"1,true", "t,true", "TRUE,true", "0,false", "f,false", "False,false"})
  void booleansAreWrittenAsInGo(String text, boolean on) throws StartRefused {
    assertEquals(on, values(Map.of(), "--debug=" + text).isOn(Flag.DEBUG));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "5000,5000",
    "0x10,16",
    "010,8",
    "0b11,3",
    "9223372036854775807,9223372036854775807"
  })
  void numbersAreWrittenAsInGo(String text, long number) throws StartRefused {
    assertEquals(number, values(Map.of(), "--snapshot-count", text).number(Flag.SNAPSHOT_COUNT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--snapshot-count=abc | invalid value \"abc\" for flag -snapshot-count: parse error",
        "--snapshot-count=-1 | invalid value \"-1\" for flag -snapshot-count: parse error",
        "--snapshot-count=+1 | invalid value \"+1\" for flag -snapshot-count: parse error",
        "--max-wals= | invalid value \"\" for flag -max-wals: parse error",
        "--max-wals=9223372036854775808 | invalid value \"9223372036854775808\" for flag -max-wals:"
            + " value out of range",
        "--proxy=ON | invalid value \"ON\" for flag -proxy: invalid value",
        "--debug=maybe | invalid boolean value \"maybe\" for -debug: parse error",
        "--peers=x | invalid value \"x\" for flag -peers: flag \"-peers\" is no longer supported.",
        "--addr=localhost:1 | invalid value \"localhost:1\" for flag -addr: bad IP in address"
            + " specification",
        "--peer-addr=1.2.3:4 | invalid value \"1.2.3:4\" for flag -peer-addr: bad IP in address"
            + " specification",
        "--listen-client-urls=x | invalid value \"x\" for flag -listen-client-urls: URL scheme must"
            + " be http or https: x",
        "--nosuch | flag provided but not defined: -nosuch",
      })
  void misuseIsAnsweredWithTheUsage(String argument, String problem) throws StartRefused {
    var misused = (Request.Misused) read(Map.of(), argument);
    assertEquals(problem, misused.problem());
    assertTrue(misused.usage().startsWith("usage: "));
  }

  @Test
  void theFirstProblemIsReported() throws StartRefused {
    assertEquals(
        "invalid value \"x\" for flag -max-wals: parse error",
        ((Request.Misused) read(Map.of(), "--max-wals=x", "--nosuch", "foo")).problem());
  }

  @Test
  void anArgumentThatIsNoFlagIsRefused() {
    assertEquals(
        "error verifying flags, 'foo' is not a valid flag. See 'etcd --help'.",
        refused(Map.of(), "--name", "s", "foo", "bar"));
    assertEquals(
        "error verifying flags, 'extra' is not a valid flag. See 'etcd --help'.",
        refused(Map.of(), "--version", "extra"));
  }

  @Test
  void helpNamesEveryFlag() throws StartRefused {
    String help = ((Request.Print) read(Map.of(), "--name", "x", "-h")).text();
    for (Flag flag : Flag.values()) {
      assertTrue(help.contains("--" + flag.flagName() + "="), flag.flagName());
    }
    assertTrue(help.lines().allMatch(line -> line.length() <= 110));
  }

  @Test
  void versionBeginsAsEtcdsAndIgnoresVariables() throws StartRefused {
    var version = (Request.Print) read(Map.of("ETCD_SNAPSHOT_COUNT", "abc"), "-version=true");
    List<String> lines = version.text().lines().toList();
    assertEquals("etcd Version: 2.3.8", lines.get(0));
    assertTrue(lines.get(1).startsWith("Conclave Version: "), lines.get(1));
    assertTrue(lines.get(2).matches("Git SHA: ([0-9a-f]{7,40}|unknown)"), lines.get(2));
    assertEquals(5, lines.size());
  }

  @Test
  void aVariableStandsInForAFlag() throws StartRefused {
    Map<String, String> environment =
        Map.of("ETCD_NAME", "e", "ETCD_CORS", "", "ETCD_DEBUG", "true", "PATH", "/bin");
    FlagValues values = values(environment, "--name", "flag");
    assertEquals("flag", values.text(Flag.NAME));
    assertTrue(values.isOn(Flag.DEBUG));
    assertFalse(values.isGiven(Flag.CORS));
    assertEquals(
        List.of(
            "I | node: recognized environment variable ETCD_NAME, but unused: shadowed by"
                + " corresponding flag",
            "I | node: recognized and used environment variable ETCD_DEBUG=true"),
        log.lines());
  }

  @Test
  void anUnknownVariableIsWarnedOf() throws StartRefused {
    values(Map.of("ETCD_NOSUCH", "1", "ETCDCTL_PEERS", "x", "ETCD_UNSUPPORTED_ARCH", "arm64"));
    assertEquals(List.of("W | node: unrecognized environment variable ETCD_NOSUCH=1"), log.lines());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ETCD_SNAPSHOT_COUNT=abc | invalid value \"abc\" for ETCD_SNAPSHOT_COUNT: parse error",
        "ETCD_DEBUG=maybe | invalid value \"maybe\" for ETCD_DEBUG: parse error",
        "ETCD_PEERS=x | invalid value \"x\" for ETCD_PEERS: flag \"-peers\" is no longer"
            + " supported.",
      })
  void aBadVariableIsRefused(String variable, String text) {
    String[] parts = variable.split("=");
    assertEquals(text, refused(Map.of(parts[0], parts[1])));
  }

  @Test
  void ignoredFlagsAreWarnedOfInTheirOrder() throws StartRefused {
    String[] ignored = {"config", "cluster-active-size", "vv"};
    values(Map.of(), Arrays.stream(ignored).map(name -> "-" + name + "=5").toArray(String[]::new));
    assertEquals(
        Arrays.stream(ignored)
            .map(n -> "W | node: flag \"-" + n + "\" is no longer supported - ignoring.")
            .toList(),
        log.lines());
  }
}
