package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.conclave.node.CommandLine.Request;
import io.conclave.node.DataDirectory.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LaterFeaturesTest {
  private final CapturedLog log = new CapturedLog();

  private FlagValues values(String... arguments) throws StartRefused {
    return ((Request.Start) CommandLine.read(List.of(arguments), Map.of(), log.log())).values();
  }

  private void refuse(Content content, String... arguments) throws StartRefused {
    FlagValues values = values(arguments);
    NodeSettings settings = NodeSettings.from(values, log.log());
    LaterFeatures.refuse(values, content);
    LaterFeatures.refuseTls(values, settings, log.log());
  }

  private String refused(Content content, String... arguments) {
    return assertThrows(StartRefused.class, () -> refuse(content, arguments)).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--proxy on | --proxy",
        "--proxy readonly | --proxy",
        "--discovery http://d:1/x | --discovery",
        "--discovery-srv example.invalid | --discovery-srv",
        "--force-new-cluster | --force-new-cluster",
        "--experimental-v3demo | --experimental-v3demo",
      })
  void whatComesLaterIsRefused(String arguments, String feature) {
    assertEquals(feature + ": not implemented yet", refused(Content.NOTHING, arguments.split(" ")));
  }

  @Test
  void theHelpSaysWhatComesLaterAndOnlyOfThat() throws StartRefused {
    String help = ((Request.Print) CommandLine.read(List.of("--help"), Map.of(), log.log())).text();
    for (Flag flag : Flag.values()) {
      String from = help.substring(help.indexOf("--" + flag.flagName() + "="));
      int end = from.indexOf("\n      --");
      String entry = end < 0 ? from : from.substring(0, end);
      boolean later = LaterFeatures.FLAGS.contains(flag);
      assertEquals(later, entry.replaceAll("\\s+", " ").contains("Not implemented yet"), entry);
    }
  }

  @Test
  void aMembersDataMakesItAMemberWhateverTheFlagsSay() throws StartRefused {
    refuse(Content.MEMBER, "--proxy", "on");
    refuse(Content.MEMBER, "--discovery", "http://d:1/x");
    assertEquals(
        "a data directory of a proxy: not implemented yet", refused(Content.PROXY, "--debug"));
  }

  @Test
  void httpsWithoutCertificatesIsRefusedInEtcdsWords() {
    assertEquals(
        "cannot listen on TLS for https://127.0.0.1:1: KeyFile and CertFile are not presented",
        refused(Content.NOTHING, "--listen-peer-urls", "https://127.0.0.1:1"));
    assertEquals(
        "cannot listen on TLS for given listener: KeyFile and CertFile are not presented",
        refused(Content.NOTHING, clientUrls()));
    assertEquals(
        "KeyFile and CertFile must both be present[key: , cert: x]",
        refused(Content.NOTHING, clientUrls("--cert-file", "x")));
    assertEquals(
        "I | node: clientTLS: cert = x, key = , ca = , trusted-ca = , client-cert-auth = false",
        log.lines().getLast());
    assertEquals(
        "open /nosuch/cert: no such file or directory",
        refused(Content.NOTHING, clientUrls("--cert-file", "/nosuch/cert", "--key-file", "/k")));
  }

  @Test
  void certificatesForHttpAreOnlyWarnedOf() throws StartRefused {
    refuse(Content.NOTHING, "--peer-cert-file", "/nosuch", "--peer-key-file", "/nosuch");
    assertEquals(
        "W | node: the peer URLs are http: the certificate flags have no effect",
        log.lines().getLast());
  }

  private static String[] clientUrls(String... more) {
    var arguments =
        new ArrayList<String>(
            List.of(
                "--listen-client-urls",
                "https://127.0.0.1:1",
                "--advertise-client-urls",
                "https://127.0.0.1:1"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }
}
