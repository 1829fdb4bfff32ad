package io.conclave.node;

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

  /** What {@code --version} prints. */
  static String text() {
    return String.join(
        "\n",
        "etcd Version: " + ETCD,
        "Conclave Version: " + conclave(),
        "Java Version: " + Runtime.version(),
        "OS/Arch: "
            + System.getProperty("os.name").toLowerCase(Locale.ROOT)
            + "/"
            + System.getProperty("os.arch"),
        "");
  }
}
