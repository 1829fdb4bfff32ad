import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Runs google-java-format over all Java sources of the project. Started from source, by Maven (`mvn
 * -N verify`), with the toolchain's JDK: inside Maven's own, older Java the formatter can't parse
 * our language level.
 *
 * <p>Arguments: {@code check} (exit 1 and the names of the files that differ) or {@code write}, and
 * the project's root.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !(args[0].equals("check") || args[0].equals("write"))) {
      System.err.println("usage: Format check|write ROOT");
      System.exit(2);
    }
    var root = Path.of(args[1]);
    var options = new ArrayList<String>();
    if (args[0].equals("write")) {
      options.add("--replace");
    } else {
      options.addAll(List.of("--dry-run", "--set-exit-if-changed"));
    }
    options.addAll(sources(root));
    var formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    int status = formatter.run(System.out, System.err, options.toArray(String[]::new));
    if (status != 0) {
      System.err.println("format: the files named above differ; ./dev fmt puts them right");
    }
    System.exit(status);
  }

  private static List<String> sources(Path root) throws IOException {
    var sources = new ArrayList<String>();
    try (var modules = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path module : modules) {
        Path tree = module.endsWith(".ci") ? module : module.resolve("src");
        if (Files.isDirectory(tree)) {
          try (Stream<Path> files = Files.walk(tree)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .forEach(f -> sources.add(f.toString()));
          }
        }
      }
    }
    sources.sort(null);
    return sources;
  }
}
