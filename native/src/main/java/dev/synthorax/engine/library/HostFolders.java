package dev.synthorax.engine.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders where installers put NVIDIA's libraries: CUDA's and TensorRT's own, the distribution's,
 * and those of Python's packages ({@code nvidia/<part>/lib}, {@code tensorrt_libs}), which many
 * hosts have and no loader knows.
 *
 * @param environment variables of the process
 * @param root of the file system
 */
record HostFolders(Map<String, String> environment, Path root) {

  /** Those that exist, each once, the one to prefer first. */
  List<Path> all() {
    Set<Path> folders = new LinkedHashSet<>();
    below("CUDA_HOME", "lib64").ifPresent(folder -> addIfThere(folders, folder));
    below("CUDA_PATH", "lib64").ifPresent(folder -> addIfThere(folders, folder));
    addIfThere(folders, root.resolve("usr/local/cuda/lib64"));
    children(root.resolve("usr/local"), "cuda-*")
        .forEach(cuda -> addIfThere(folders, cuda, "lib64"));
    children(root.resolve("usr/local"), "[Tt]ensor[Rr][Tt]*")
        .forEach(tensorRt -> addIfThere(folders, tensorRt, "lib"));
    addIfThere(folders, root.resolve("usr/lib/x86_64-linux-gnu"));
    addIfThere(folders, root.resolve("usr/lib/aarch64-linux-gnu"));
    addIfThere(folders, root.resolve("usr/lib64"));
    for (Path packages : pythonPackages()) {
      children(packages.resolve("nvidia"), "*").forEach(part -> addIfThere(folders, part, "lib"));
      addIfThere(folders, packages.resolve("tensorrt_libs"));
    }
    return List.copyOf(folders);
  }

  private List<Path> pythonPackages() {
    Set<Path> folders = new LinkedHashSet<>(paths("PYTHONPATH"));
    List<Path> libraries = new ArrayList<>();
    below("VIRTUAL_ENV", "lib").ifPresent(libraries::add);
    below("CONDA_PREFIX", "lib").ifPresent(libraries::add);
    for (Path programs : paths("PATH")) {
      if (Files.isExecutable(programs.resolve("python3")) && programs.getParent() != null) {
        libraries.add(programs.resolveSibling("lib"));
      }
    }
    below("HOME", ".local/lib").ifPresent(libraries::add);
    libraries.add(root.resolve("usr/local/lib"));
    libraries.add(root.resolve("usr/lib"));
    for (Path library : libraries) {
      for (Path python : children(library, "python3*")) {
        folders.add(python.resolve("site-packages"));
        folders.add(python.resolve("dist-packages"));
      }
    }
    return List.copyOf(folders);
  }

  private Optional<Path> below(String variable, String folder) {
    return paths(variable).stream().map(path -> path.resolve(folder)).findFirst();
  }

  private List<Path> paths(String variable) {
    @Nullable String value = environment.get(variable);
    return value == null
        ? List.of()
        : Stream.of(value.split(File.pathSeparator))
            .filter(path -> !path.isBlank())
            .map(root::resolve)
            .toList();
  }

  private static void addIfThere(Set<Path> folders, Path parent, String child) {
    addIfThere(folders, parent.resolve(child));
  }

  private static void addIfThere(Set<Path> folders, Path folder) {
    if (Files.isDirectory(folder)) {
      folders.add(folder);
    }
  }

  /** Later names first: of several versions the newest. */
  private static List<Path> children(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.newDirectoryStream(folder, pattern)) {
      var found = new ArrayList<Path>();
      entries.forEach(found::add);
      found.sort(Comparator.reverseOrder());
      return found;
    } catch (IOException unreadable) {
      return List.of();
    }
  }
}
