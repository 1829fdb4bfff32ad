package io.conclave.testkit;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md about who may know whom, checked on the compiled classes. */
final class ModuleRulesTest {
  private static final String ROOT = "io.conclave.";
  private static final Set<String> JAVA_BASE =
      ModuleLayer.boot().findModule("java.base").orElseThrow().getPackages();

  /**
   * Packages of java.base that do I/O, start threads or read clocks. Atomics are allowed: versions
   * of an immutable value may share a tail, whichever thread extends them.
   */
  private static final List<String> IMPURE_PACKAGES =
      List.of("java.io", "java.net", "java.nio.file", "java.nio.channels", "java.time");

  private static final Set<String> IMPURE_CLASSES =
      Set.of("java.lang.Thread", "java.lang.ThreadLocal", "java.util.Timer", "java.util.Random");

  private static final Set<String> IMPURE_METHODS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID");

  private static Map<String, List<ClassReferences>> modules;

  @BeforeAll
  static void readClasses() throws IOException {
    modules = new TreeMap<>();
    for (String module : List.of("actors", "persistence", "http-api", "node", "testkit")) {
      modules.put(module, ClassReferences.below(Path.of("..", module, "target", "classes")));
      assertFalse(modules.get(module).isEmpty(), "no classes of module " + module);
    }
  }

  @Test
  void theRaftCoreKnowsOnlyJavaBase() {
    assertEquals(List.of(), impurities("io.conclave.raft.core", Set.of()));
  }

  @Test
  void theKeySpaceTreeKnowsOnlyJavaBaseAndTheRaftCoreData() {
    assertEquals(
        List.of(), impurities("io.conclave.keyspace.tree", Set.of("io.conclave.raft.core")));
  }

  @Test
  void modulesDependInOneDirection() {
    List<String> wrong = new ArrayList<>();
    forbid("actors", List.of("persistence", "http", "client", "node", "testkit"), wrong);
    forbid("persistence", List.of("http", "client", "node", "testkit"), wrong);
    forbid("http-api", List.of("persistence", "node", "testkit"), wrong);
    forbid("node", List.of("testkit"), wrong);
    assertEquals(List.of(), wrong);
  }

  @Test
  void packagesFormNoCycle() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (List<ClassReferences> classes : modules.values()) {
      for (ClassReferences c : classes) {
        uses.computeIfAbsent(c.packageName(), k -> new TreeSet<>())
            .addAll(
                c.classes().stream()
                    .map(ClassReferences::packageOf)
                    .filter(p -> p.startsWith(ROOT) && !p.equals(c.packageName()))
                    .collect(toCollection(TreeSet::new)));
      }
    }
    for (String start : uses.keySet()) {
      assertFalse(reaches(start, uses), "a cycle of packages goes through " + start);
    }
  }

  @Test
  void noPackageIsADrawerForEverything() {
    List<String> drawers = new ArrayList<>();
    for (List<ClassReferences> classes : modules.values()) {
      for (ClassReferences c : classes) {
        if (c.packageName()
            .matches(".*\\b(util|utils|common|manager|impl|helper|helpers|model)\\b.*")) {
          drawers.add(c.name());
        }
      }
    }
    assertEquals(List.of(), drawers);
  }

  private static List<String> impurities(String packageName, Set<String> friends) {
    List<String> found = new ArrayList<>();
    int seen = 0;
    for (ClassReferences c : modules.get("actors")) {
      if (!c.packageName().equals(packageName)) {
        continue;
      }
      seen++;
      for (String used : c.classes()) {
        String usedPackage = ClassReferences.packageOf(used);
        boolean own = usedPackage.equals(packageName) || friends.contains(usedPackage);
        if (!own && isImpure(used, usedPackage)) {
          found.add(c.name() + " uses " + used);
        }
      }
      for (String method : c.methods()) {
        if (IMPURE_METHODS.contains(method)) {
          found.add(c.name() + " calls " + method);
        }
      }
    }
    assertFalse(seen == 0, "nothing in " + packageName);
    return found;
  }

  private static boolean isImpure(String used, String usedPackage) {
    return !JAVA_BASE.contains(usedPackage)
        || IMPURE_PACKAGES.contains(usedPackage)
        || usedPackage.equals("java.util.concurrent")
        || usedPackage.equals("java.util.concurrent.locks")
        || IMPURE_CLASSES.contains(used);
  }

  private static void forbid(String module, List<String> areas, List<String> wrong) {
    for (ClassReferences c : modules.get(module)) {
      for (String used : c.classes()) {
        for (String area : areas) {
          if (used.startsWith(ROOT + area + ".")) {
            wrong.add(c.name() + " uses " + used);
          }
        }
      }
    }
  }

  private static boolean reaches(String start, Map<String, Set<String>> uses) {
    Deque<String> open = new ArrayDeque<>(uses.get(start));
    Set<String> seen = new TreeSet<>();
    while (!open.isEmpty()) {
      String next = open.pop();
      if (next.equals(start)) {
        return true;
      }
      if (seen.add(next)) {
        open.addAll(uses.getOrDefault(next, Set.of()));
      }
    }
    return false;
  }
}
