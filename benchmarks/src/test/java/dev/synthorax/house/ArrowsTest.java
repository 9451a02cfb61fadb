package dev.synthorax.house;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.synthorax.house.House.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may use whom: arrows between modules, packages and other people's libraries. */
class ArrowsTest {
  private static final String OURS = "dev.synthorax.";

  private static Set<Arrow> all;
  private static Set<Arrow> main;
  private static List<JavaClass> mainClasses;

  /** One class uses another. */
  private record Arrow(String from, String fromPackage, String to, String toPackage)
      implements Comparable<Arrow> {
    static Arrow of(Dependency dependency) {
      JavaClass from = dependency.getOriginClass();
      JavaClass to = dependency.getTargetClass().getBaseComponentType();
      return new Arrow(from.getName(), from.getPackageName(), to.getName(), to.getPackageName());
    }

    @Override
    public int compareTo(Arrow other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return from + " -> " + to;
    }
  }

  @BeforeAll
  static void read() {
    var folders = new ArrayList<Path>();
    for (String module : List.of("proto", "native", "server", "client", "benchmarks")) {
      for (String set : List.of("classes", "test-classes")) {
        Path folder = House.ROOT.resolve(module).resolve("target").resolve(set);
        if (Files.isDirectory(folder)) {
          folders.add(folder.resolve("dev"));
        }
      }
    }
    List<JavaClass> classes = List.copyOf(new ClassFileImporter().importPaths(folders));
    mainClasses = classes.stream().filter(type -> !isTest(type)).toList();
    all = arrows(classes);
    main = arrows(mainClasses);
    assertThat(mainClasses.size()).as("classes found below %s", House.ROOT).isGreaterThan(500);
  }

  private static boolean isTest(JavaClass type) {
    return type.getSource().orElseThrow().getUri().getPath().contains("/test-classes/");
  }

  private static Set<Arrow> arrows(Collection<JavaClass> classes) {
    return classes.stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(Arrow::of)
        .collect(toSet());
  }

  /** One line a pair of classes, however often one uses the other. */
  private static SortedSet<Arrow> uses(
      Set<Arrow> arrows, String from, List<String> unlessFrom, String to) {
    return arrows.stream()
        .filter(arrow -> isIn(arrow.toPackage, to) && isIn(arrow.fromPackage, from))
        .filter(arrow -> unlessFrom.stream().noneMatch(name -> isIn(arrow.fromPackage, name)))
        .collect(toCollection(TreeSet::new));
  }

  /** Whether a package is {@code pattern}, or below it where that ends in two dots. */
  private static boolean isIn(String name, String pattern) {
    if (!pattern.endsWith("..")) {
      return name.equals(pattern);
    }
    String top = pattern.substring(0, pattern.length() - 2);
    return name.equals(top) || name.startsWith(top + ".");
  }

  /** Four modules; proto and benchmarks stand below and above all of them. */
  @ParameterizedTest(name = "{0} does not use {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "engine.. files.. diffusion.. nn.. training.. | proto.. server.. client.. benchmarks..",
        "server.. | client.. benchmarks..",
        "client.. | engine.. files.. diffusion.. nn.. training.. server.. benchmarks..",
        "proto..  | engine.. files.. diffusion.. nn.. training.. server.. client.. benchmarks..",
      })
  void modules_testsIncluded_keepTheForbiddenArrows(String from, String to) {
    for (String user : ours(from)) {
      for (String used : ours(to)) {
        assertThat(uses(all, user, List.of(), used)).isEmpty();
      }
    }
  }

  private static List<String> ours(String packages) {
    return Stream.of(packages.strip().split(" +")).map(name -> OURS + name).toList();
  }

  /** A library has few places that know it, so that it can be exchanged there. */
  @ParameterizedTest(name = "{0}: only {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "io.grpc..             | proto.. server.grpc client..  benchmarks..",
        "com.google.rpc..      | proto.. server.grpc client  benchmarks..",
        "com.google.protobuf.. | proto.. server.grpc client.. benchmarks.. nn.onnx..",
        "dev.synthorax.proto.. | proto.. server.grpc client.. benchmarks..",
        "picocli..             | server client.cli.. benchmarks..",
        "org.bytedeco..        | engine.. nn.torch training..",
        "org.bytedeco.onnxruntime.. | engine.onnxruntime",
        "ai.djl..              | nn.text",
      })
  void libraries_areKnownToFewPackages(String library, String packages) {
    assertThat(uses(main, "dev.synthorax..", ours(packages), library)).isEmpty();
  }

  @Test
  void packages_allArrows_pointDownInTheDrawing() throws IOException {
    Map<String, Level> levels = House.levels();
    var wrong = new TreeSet<String>();
    for (Arrow arrow : main) {
      Level from = levels.get(arrow.fromPackage);
      Level to = levels.get(arrow.toPackage);
      if (from != null
          && to != null
          && from.module().equals(to.module())
          && !arrow.fromPackage.equals(arrow.toPackage)
          && to.height() >= from.height()) {
        wrong.add("%s (level %d to %d)".formatted(arrow, from.height(), to.height()));
      }
    }

    assertThat(wrong).as("arrows that do not point down in %s", House.DRAWING).isEmpty();
  }

  @Test
  void packages_allOfThem_standInTheDrawing() throws IOException {
    Set<String> there =
        mainClasses.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !isIn(name, OURS + "proto..") && !isIn(name, OURS + "benchmarks.."))
            .collect(toSet());

    assertThat(House.levels().keySet())
        .as("packages with a level in %s", House.DRAWING)
        .containsExactlyInAnyOrderElementsOf(there);
  }

  @Test
  void backend_packages_haveOnePublicClass() {
    var open = new TreeMap<String, TreeSet<String>>();
    for (JavaClass type : mainClasses) {
      if (type.getPackageName().startsWith(OURS + "engine.")
          && type.isTopLevelClass()
          && type.getModifiers().contains(PUBLIC)) {
        open.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>()).add(type.getSimpleName());
      }
    }

    assertThat(open).isNotEmpty();
    assertThat(open).allSatisfy((name, types) -> assertThat(types).as(name).hasSize(1));
  }
}
