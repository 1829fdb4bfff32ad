package io.conclave.testkit.process;

import io.conclave.node.RunningMember;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start a member: words of a command line in which {@code {name}}, {@code {data}}, {@code
 * {client}} and {@code {peer}} stand for the member's name, data directory and URLs. A word {@code
 * {args}} stands for any number of further flags.
 */
public record LaunchCommand(List<String> words) {
  private static final List<String> FLAGS =
      List.of(
          "--name",
          "{name}",
          "--data-dir",
          "{data}",
          "--listen-client-urls",
          "{client}",
          "--advertise-client-urls",
          "{client}",
          "--listen-peer-urls",
          "{peer}",
          "--initial-advertise-peer-urls",
          "{peer}",
          "--initial-cluster",
          "{name}={peer}",
          "{args}");

  public LaunchCommand {
    words = List.copyOf(words);
  }

  /**
   * The member of this build: the classes that the running JVM has, on the same JVM with the flags
   * of {@code deploy/jvm.options}. The system property {@code conclave.command} replaces it by
   * another program that takes the same flags, given as words with blanks between them.
   */
  public static LaunchCommand member() throws IOException {
    return member(List.of());
  }

  /**
   * The same with further flags of the JVM, such as settings that have no flag of the member; they
   * do not reach a replacement.
   */
  public static LaunchCommand member(List<String> jvmFlags) throws IOException {
    List<String> words = new ArrayList<>();
    String replacement = System.getProperty("conclave.command", "");
    if (!replacement.isBlank()) {
      words.addAll(List.of(replacement.strip().split(" +")));
    } else {
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.add("@" + projectRoot().resolve("deploy/jvm.options"));
      words.add("-Xmx256m");
      words.addAll(quickStart());
      words.addAll(jvmFlags);
      words.addAll(classPath());
      words.add("io.conclave.node.Main");
    }
    words.addAll(FLAGS);
    return new LaunchCommand(words);
  }

  /** Members of tests live for seconds: what the second compiler would do for them costs more. */
  private static List<String> quickStart() {
    return Boolean.getBoolean("conclave.quick-start")
        ? List.of("-XX:TieredStopAtLevel=1")
        : List.of();
  }

  /** The packaged member and its cache, as the launchers take them, if this JVM runs packages. */
  private static List<String> classPath() throws IOException {
    Path jar = projectRoot().resolve("node/target/node.jar");
    if (codeOf(RunningMember.class).endsWith(".jar") && Files.exists(jar)) {
      return List.of(
          "-XX:AOTCache=" + jar.resolveSibling("node.aot"),
          "-Xlog:aot=off",
          "-Xlog:cds=off",
          "-classpath",
          jar.toString());
    }
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of("-classpath", own);
  }

  /** The same command run by another one, such as a tracer with its flags. */
  public LaunchCommand under(List<String> runner) {
    List<String> longer = new ArrayList<>(runner);
    longer.addAll(words);
    return new LaunchCommand(longer);
  }

  List<String> fill(String name, Path data, URI client, URI peer, List<String> arguments) {
    List<String> filled = new ArrayList<>();
    for (String word : words) {
      if (word.equals("{args}")) {
        filled.addAll(arguments);
      } else {
        filled.add(
            word.replace("{name}", name)
                .replace("{data}", data.toString())
                .replace("{client}", client.toString())
                .replace("{peer}", peer.toString()));
      }
    }
    return filled;
  }

  /** Looked for above the classes of this build, from wherever the command was given. */
  private static Path projectRoot() throws IOException {
    String classes = codeOf(LaunchCommand.class);
    Path directory = Path.of(URI.create(classes));
    while (!Files.exists(directory.resolve("deploy/jvm.options"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IOException("no deploy/jvm.options above " + classes);
      }
    }
    return directory;
  }

  /** The URI of the jar or directory that the class is from. */
  private static String codeOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().toString();
  }
}
