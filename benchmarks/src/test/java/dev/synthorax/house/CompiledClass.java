package dev.synthorax.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A class file and what it uses. Constants that the compiler folded in leave no trace.
 *
 * @param name such as {@code dev.synthorax.engine.Plan$1}
 * @param test whether it is of a test
 * @param open whether it is a public top-level type
 * @param uses names of the classes it mentions: calls, fields, signatures
 */
record CompiledClass(String name, boolean test, boolean open, Set<String> uses) {
  private static final Pattern MENTIONED = Pattern.compile("L([\\w/$]+)[;<]");

  /** Every class of ours that is compiled, tests included. */
  static List<CompiledClass> all() {
    var classes = new ArrayList<CompiledClass>();
    for (String module : List.of("proto", "native", "server", "client", "benchmarks")) {
      Path target = House.ROOT.resolve(module).resolve("target");
      read(target.resolve("classes"), false, classes);
      read(target.resolve("test-classes"), true, classes);
    }
    return classes;
  }

  private static void read(Path folder, boolean test, List<CompiledClass> classes) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder.resolve("dev"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        classes.add(of(ClassFile.of().parse(Files.readAllBytes(file)), test));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompiledClass of(ClassModel model, boolean test) {
    var uses = new TreeSet<String>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry type -> addClass(type.asInternalName(), uses);
        case NameAndTypeEntry member -> addMentioned(member.type().stringValue(), uses);
        case MethodTypeEntry type -> addMentioned(type.descriptor().stringValue(), uses);
        default -> {} // names and constants
      }
    }
    addSignature(model, uses);
    model
        .fields()
        .forEach(
            field -> {
              addMentioned(field.fieldType().stringValue(), uses);
              addSignature(field, uses);
            });
    model
        .methods()
        .forEach(
            method -> {
              addMentioned(method.methodType().stringValue(), uses);
              addSignature(method, uses);
            });
    boolean nested = model.findAttribute(Attributes.nestHost()).isPresent();
    return new CompiledClass(
        model.thisClass().asInternalName().replace('/', '.'),
        test,
        model.flags().has(AccessFlag.PUBLIC) && !nested,
        uses);
  }

  private static void addClass(String name, Set<String> uses) {
    if (name.startsWith("[")) {
      addMentioned(name, uses);
    } else {
      uses.add(name.replace('/', '.'));
    }
  }

  private static void addMentioned(String descriptor, Set<String> uses) {
    Matcher type = MENTIONED.matcher(descriptor);
    while (type.find()) {
      uses.add(type.group(1).replace('/', '.'));
    }
  }

  private static void addSignature(AttributedElement element, Set<String> uses) {
    element
        .findAttribute(Attributes.signature())
        .ifPresent(signature -> addMentioned(signature.signature().stringValue(), uses));
  }

  String packageName() {
    return packageOf(name);
  }

  /** The package of a class by its name. */
  static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }
}
