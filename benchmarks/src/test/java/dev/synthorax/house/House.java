package dev.synthorax.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checkout: its modules, its sources and the drawing in {@code docs/architecture.md}. */
final class House {
  /** The checkout's folder; tests run in their module's. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Modules with sources of ours. */
  static final List<String> MODULES = List.of("native", "server", "client", "benchmarks");

  /** The page that draws the house. */
  static final Path DRAWING = ROOT.resolve("docs/architecture.md");

  private static final Pattern LEVEL = Pattern.compile("\\| (native|server|client) (\\d+) \\|(.*)");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  private House() {}

  /**
   * A Java file.
   *
   * @param module it is of
   * @param path absolute
   * @param main false for a test
   */
  record Source(String module, Path path, boolean main) {
    /** File name without its ending. */
    String simpleName() {
      return path.getFileName().toString().replace(".java", "");
    }

    /** Path from the checkout on, for messages. */
    String shown() {
      return ROOT.relativize(path).toString();
    }

    List<String> lines() {
      try {
        return Files.readAllLines(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Every Java file that is written by hand, but for package descriptions. */
  static List<Source> sources() {
    var sources = new ArrayList<Source>();
    for (String module : MODULES) {
      for (String set : List.of("main", "test")) {
        Path folder = ROOT.resolve(module).resolve("src").resolve(set).resolve("java");
        if (Files.isDirectory(folder)) {
          javaFiles(folder)
              .forEach(file -> sources.add(new Source(module, file, set.equals("main"))));
        }
      }
    }
    return sources;
  }

  private static List<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The drawing's levels: from a package to its place, such as {@code server} and 3; 1 is lowest.
   */
  static Map<String, Level> levels() throws IOException {
    var levels = new LinkedHashMap<String, Level>();
    for (String line : Files.readAllLines(DRAWING)) {
      Matcher row = LEVEL.matcher(line);
      if (row.matches()) {
        Matcher name = QUOTED.matcher(row.group(3));
        while (name.find()) {
          levels.put(
              "dev.synthorax." + name.group(1),
              new Level(row.group(1), Integer.parseInt(row.group(2))));
        }
      }
    }
    return levels;
  }

  /**
   * Where a package stands.
   *
   * @param module it is of
   * @param height 1 is lowest
   */
  record Level(String module, int height) {}
}
