package dev.synthorax.house;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.house.House.Level;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may use whom: arrows between modules, packages and other people's libraries. */
class ArrowsTest {
  private static final String OURS = "dev.synthorax.";

  private static List<CompiledClass> all = List.of();
  private static List<CompiledClass> main = List.of();

  @BeforeAll
  static void read() {
    all = CompiledClass.all();
    main = all.stream().filter(type -> !type.test()).toList();
    assertThat(main.size()).as("classes found below %s", House.ROOT).isGreaterThan(500);
  }

  /** Uses of a package or library, one line a pair of classes. */
  private static SortedSet<String> uses(
      List<CompiledClass> classes, Predicate<String> fromPackage, String to) {
    var arrows = new TreeSet<String>();
    for (CompiledClass type : classes) {
      if (fromPackage.test(type.packageName())) {
        type.uses().stream()
            .filter(used -> isIn(CompiledClass.packageOf(used), to))
            .forEach(used -> arrows.add(type.name() + " -> " + used));
      }
    }
    return arrows;
  }

  /** Whether a package is {@code pattern}, or below it where that ends in two dots. */
  private static boolean isIn(String name, String pattern) {
    if (!pattern.endsWith("..")) {
      return name.equals(pattern);
    }
    String top = pattern.substring(0, pattern.length() - 2);
    return name.equals(top) || name.startsWith(top + ".");
  }

  /** Four modules; benchmarks stand above all of them. */
  @ParameterizedTest(name = "{0}: not {1}")
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
        assertThat(uses(all, name -> isIn(name, user), used))
            .as("%s uses %s", user, used)
            .isEmpty();
      }
    }
  }

  /** A library has few places that know it, so that it can be exchanged there. */
  @ParameterizedTest(name = "{0}: only {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "io.grpc..                  | proto.. server.grpc server.access server.admin"
            + " server.inference server.reading client.. benchmarks..",
        "com.google.rpc..           | proto.. server.grpc server.inference client benchmarks..",
        "com.google.protobuf..      | proto.. server.grpc server.access server.admin"
            + " server.inference server.reading client.. benchmarks.. nn.onnx.. engine.tensorrt"
            + " server.plain",
        "dev.synthorax.proto.v1..   | proto.. server.grpc server.access server.reading client.."
            + " benchmarks..",
        "dev.synthorax.proto.inference.. | proto.. server.grpc server.access server.inference"
            + " server.plain benchmarks..",
        "dev.synthorax.proto.orca.. | proto.. server.admin server.access",
        "picocli..                  | server client.cli.. benchmarks..",
        "org.bytedeco..             | engine.onnxruntime engine.tensorrt nn.torch training..",
        "org.bytedeco.onnxruntime.. | engine.onnxruntime",
        "org.bytedeco.tensorrt..    | engine.tensorrt",
        "org.bytedeco.cuda..        | engine.tensorrt",
        "ai.djl..                   | nn.text",
        "org.jdbi..                 | server.records server.review server.training",
        "org.flywaydb..             | server.records",
        "org.sqlite..               | server.records",
      })
  void libraries_ofOthers_areKnownToFewPackages(String library, String packages) {
    List<String> allowed = ours(packages);

    assertThat(uses(main, name -> allowed.stream().noneMatch(in -> isIn(name, in)), library))
        .as("uses of %s outside %s", library, allowed)
        .isEmpty();
  }

  private static List<String> ours(String packages) {
    return Stream.of(packages.strip().split(" +")).map(name -> OURS + name).toList();
  }

  @Test
  void packages_allArrows_pointDownInTheDrawing() throws IOException {
    Map<String, Level> levels = House.levels();
    var wrong = new TreeSet<String>();
    for (CompiledClass type : main) {
      Level from = levels.get(type.packageName());
      for (String used : type.uses()) {
        String usedPackage = CompiledClass.packageOf(used);
        Level to = levels.get(usedPackage);
        if (from != null
            && to != null
            && from.module().equals(to.module())
            && !type.packageName().equals(usedPackage)
            && to.height() >= from.height()) {
          wrong.add("%s (%d) -> %s (%d)".formatted(type.name(), from.height(), used, to.height()));
        }
      }
    }

    assertThat(wrong).as("arrows that do not point down in %s", House.DRAWING).isEmpty();
  }

  @Test
  void packages_allOfThem_standInTheDrawing() throws IOException {
    Set<String> there =
        main.stream()
            .map(CompiledClass::packageName)
            .filter(name -> !isIn(name, OURS + "proto..") && !isIn(name, OURS + "benchmarks.."))
            .collect(toSet());

    Set<String> drawn = House.levels().keySet();

    assertThat(without(there, drawn)).as("packages without a level").isEmpty();
    assertThat(without(drawn, there)).as("levels of packages that are not there").isEmpty();
  }

  private static SortedSet<String> without(Set<String> some, Set<String> others) {
    var rest = new TreeSet<>(some);
    rest.removeAll(others);
    return rest;
  }

  @Test
  void backend_packages_showOneClassOrProviders() {
    Map<String, List<String>> open =
        main.stream()
            .filter(type -> type.open() && type.packageName().startsWith(OURS + "engine."))
            .collect(
                groupingBy(CompiledClass::packageName, mapping(CompiledClass::name, toList())));

    assertThat(open).isNotEmpty();
    assertThat(open.values())
        .allMatch(
            types ->
                types.size() == 1 || types.stream().allMatch(name -> name.endsWith("Provider")));
  }
}
