package io.conclave.testkit.mutation;

import io.conclave.testkit.sim.SeedRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The simulator and all that it runs, with a deliberate bug in some of its classes. */
public final class Mutant {
  private final LongFunction<Optional<String>> runner;

  private Mutant(LongFunction<Optional<String>> runner) {
    this.runner = runner;
  }

  /** Compiles the changed sources against the classes of this process. */
  public static Mutant compile(SourcePatch patch, Path root) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    patch.apply(root).forEach((path, text) -> sources.add(new Source(path, text)));
    Map<String, ByteArrayOutputStream> classes = new HashMap<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> findings = new DiagnosticCollector<>();
    try (JavaFileManager files =
        new Output(compiler.getStandardFileManager(findings, null, null), classes)) {
      List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classPath());
      if (!compiler.getTask(null, files, findings, options, null, sources).call()) {
        throw new IllegalStateException(
            "patch " + patch.name() + " does not compile: " + errors(findings));
      }
    }
    return new Mutant(load(new MutantLoader(classes)));
  }

  /** The forked process of a Maven build has the real class path in a property of its own. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static String errors(DiagnosticCollector<JavaFileObject> findings) {
    StringBuilder text = new StringBuilder();
    for (Diagnostic<?> finding : findings.getDiagnostics()) {
      if (finding.getKind() == Diagnostic.Kind.ERROR) {
        text.append(System.lineSeparator()).append(finding);
      }
    }
    return text.toString();
  }

  @SuppressWarnings("unchecked") // the same source, in another class loader
  private static LongFunction<Optional<String>> load(MutantLoader loader) {
    try {
      return (LongFunction<Optional<String>>)
          loader.loadClass(SeedRunner.class.getName()).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs one seed; what was found wrong, or empty. */
  public Optional<String> run(long seed) {
    return runner.apply(seed);
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    private Source(String path, String text) {
      super(URI.create("string:///" + path), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Output extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes;

    private Output(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
      super(files);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(className, bytes);
          return bytes;
        }
      };
    }
  }
}
