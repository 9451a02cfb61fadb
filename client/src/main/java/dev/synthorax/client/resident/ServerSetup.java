package dev.synthorax.client.resident;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.ServerCommand;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that decides how a server answers: two of equal setups can stand in for each other, as long
 * as no file that they read at the start is newer than one of them.
 *
 * @param command program and arguments that run the server's main
 * @param options of {@code serve}, without those that change no answer; folders are absolute
 * @param environment those of {@link #VARIABLES} that are set
 */
public record ServerSetup(
    List<String> command, List<String> options, Map<String, String> environment) {
  /** What a server reads of its environment: its own folders, and what the loaders go by. */
  public static final List<String> VARIABLES =
      List.of(
          "SYNTHORAX_DATA",
          "SYNTHORAX_CACHE",
          "SYNTHORAX_LIBRARIES",
          "XDG_DATA_HOME",
          "CUDA_HOME",
          "CUDA_PATH",
          "CUDA_VISIBLE_DEVICES",
          "LD_LIBRARY_PATH",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS");

  private static final List<String> FOLDERS =
      List.of("SYNTHORAX_DATA", "SYNTHORAX_CACHE", "XDG_DATA_HOME");

  private static final String MODELS = "--models";

  /** Folders in a folder of models, a version's files included. */
  private static final int DEPTH = 4;

  /** Copies all of it. */
  public ServerSetup {
    command = List.copyOf(command);
    options = List.copyOf(options);
    environment = Map.copyOf(environment);
  }

  /** Of a server that is started by this process with such an environment. */
  public static ServerSetup of(
      ServerCommand command, List<String> options, Map<String, String> environment) {
    requireNonNull(environment, "environment");
    Map<String, String> read = new LinkedHashMap<>();
    for (String name : VARIABLES) {
      String value = environment.getOrDefault(name, "");
      if (!value.isBlank()) {
        read.put(name, value);
      }
    }
    return new ServerSetup(command.words(), options, read);
  }

  /**
   * Refuses folders that depend on where a command is typed.
   *
   * @throws IOException in one line
   */
  void requireAbsoluteFolders() throws IOException {
    for (String name : FOLDERS) {
      String folder = environment.getOrDefault(name, "/");
      if (!Path.of(folder).isAbsolute()) {
        throw new IOException(
            name + ": " + folder + " (expected: a path from /, for a server that stays)");
      }
    }
  }

  /** Says in which way {@code other} is another setup; null where it is none. */
  @Nullable String differenceFrom(ServerSetup other) {
    if (!command.equals(other.command)) {
      return "another program or Java options";
    }
    if (!options.equals(other.options)) {
      return other.options.isEmpty()
          ? "other options (none)"
          : "other options (" + String.join(" ", other.options) + ")";
    }
    var names = new TreeSet<>(environment.keySet());
    names.addAll(other.environment.keySet());
    return names.stream()
        .filter(name -> !value(name).equals(other.value(name)))
        .findFirst()
        .map(name -> "another " + name)
        .orElse(null);
  }

  private String value(String name) {
    return environment.getOrDefault(name, "");
  }

  /**
   * Returns a file of the program or of the models that was changed after {@code start}, if any.
   */
  @Nullable Path newerThan(Instant start) {
    Stream<Path> program =
        command.stream()
            .flatMap(word -> Stream.of(word.split(File.pathSeparator, -1)))
            .map(Path::of)
            .filter(Files::isRegularFile);
    for (Path file : program.toList()) {
      if (isNewer(file, start)) {
        return file;
      }
    }
    for (int i = 0; i + 1 < options.size(); i++) {
      if (options.get(i).equals(MODELS)) {
        Path newer = newerBelow(Path.of(options.get(i + 1)), start);
        if (newer != null) {
          return newer;
        }
      }
    }
    return null;
  }

  private static @Nullable Path newerBelow(Path models, Instant start) {
    try (Stream<Path> files = Files.walk(models, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return files.filter(file -> isNewer(file, start)).findFirst().orElse(null);
    } catch (IOException | UncheckedIOException e) {
      return models; // nobody can tell
    }
  }

  private static boolean isNewer(Path file, Instant start) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isAfter(start);
    } catch (IOException e) {
      return true; // nobody can tell
    }
  }
}
