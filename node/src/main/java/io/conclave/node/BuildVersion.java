package io.conclave.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.conclave.http.PrometheusText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;

/** What this build is, and what it passes for. */
public final class BuildVersion {
  /** The version whose API we serve; clients parse it. */
  public static final String ETCD = "2.3.8";

  private BuildVersion() {}

  /** Our own version, {@code development} if the classes don't come from a jar. */
  public static String conclave() {
    return Optional.ofNullable(BuildVersion.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** Of the sources, as the build recorded it; {@code unknown} if there was none. */
  static String commit() {
    try (InputStream recorded = BuildVersion.class.getResourceAsStream("commit")) {
      return recorded == null ? "unknown" : new String(recorded.readAllBytes(), US_ASCII).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what the build recorded", e);
    }
  }

  /** As a metric, for those who watch many members. */
  static void writeTo(PrometheusText text) {
    String name = "conclave_build_info";
    text.announce(name, "What runs; always 1.", "gauge")
        .sample(name, "version=\"" + conclave() + "\"", 1);
  }

  /** What {@code --version} prints. */
  static String text() {
    return String.join(
        "\n",
        "etcd Version: " + ETCD,
        "Conclave Version: " + conclave(),
        "Git SHA: " + commit(),
        "Java Version: " + Runtime.version(),
        "OS/Arch: "
            + System.getProperty("os.name").toLowerCase(Locale.ROOT)
            + "/"
            + System.getProperty("os.arch"),
        "");
  }
}
