package io.conclave.testkit;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one compiled class mentions.
 *
 * @param name of the class, with dots
 * @param classes that its constant pool or a descriptor names, without itself
 * @param methods of other classes that it calls, as {@code java.lang.System.nanoTime}
 */
record ClassReferences(String name, Set<String> classes, Set<String> methods) {
  private static final Pattern DESCRIPTOR_CLASS = Pattern.compile("L([\\w/$]+);");

  String packageName() {
    return packageOf(name);
  }

  static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }

  /** All classes below {@code folder}. */
  static List<ClassReferences> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".class")).map(ClassReferences::read).toList();
    }
  }

  private static ClassReferences read(Path file) {
    ClassModel model;
    try {
      model = ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Set<String> classes = new TreeSet<>();
    Set<String> methods = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry c -> addClass(c.asInternalName(), classes);
        case MemberRefEntry m ->
            methods.add(dotted(m.owner().asInternalName()) + "." + m.name().stringValue());
        case NameAndTypeEntry n -> addDescriptor(n.type(), classes);
        case Utf8Entry u -> addDescriptor(u, classes);
        default -> {}
      }
    }
    String name = dotted(model.thisClass().asInternalName());
    classes.remove(name);
    return new ClassReferences(name, classes, methods);
  }

  private static void addClass(String internalName, Set<String> classes) {
    if (internalName.startsWith("[")) {
      ClassDesc element = ClassDesc.ofDescriptor(internalName);
      while (element.isArray()) {
        element = element.componentType();
      }
      if (!element.isPrimitive()) {
        classes.add(ClassReferences.qualified(element));
      }
    } else {
      classes.add(dotted(internalName));
    }
  }

  private static void addDescriptor(Utf8Entry text, Set<String> classes) {
    if (!text.stringValue().matches("[(\\[]*L?[\\w/$;()\\[]*")) {
      return;
    }
    Matcher matcher = DESCRIPTOR_CLASS.matcher(text.stringValue());
    while (matcher.find()) {
      if (matcher.group(1).contains("/")) {
        classes.add(dotted(matcher.group(1)));
      }
    }
  }

  private static String qualified(ClassDesc type) {
    return type.packageName() + "." + type.displayName();
  }

  private static String dotted(String internalName) {
    return internalName.replace('/', '.');
  }
}
