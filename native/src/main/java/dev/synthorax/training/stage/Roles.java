package dev.synthorax.training.stage;

import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The models that a recipe starts from or learns from.
 *
 * @param needed must be given
 * @param optional may be given
 */
public record Roles(List<String> needed, List<String> optional) {
  /** A recipe that starts from nothing. */
  public static final Roles NONE = new Roles(List.of(), List.of());

  /** The role of the model that a training goes on with: a folder in the layout of its result. */
  public static final String BASE = "base";

  /** Suffixes of the files that decide what a model computes. */
  private static final Set<String> DECIDING = Set.of("json", "safetensors", "txt", "bin", "onnx");

  public Roles {
    needed = List.copyOf(needed);
    optional = List.copyOf(optional);
  }

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException naming every missing or unknown role and every folder that is
   *     none
   */
  public void check(String recipe, Map<String, Path> models) {
    var problems = new ArrayList<String>();
    for (String role : needed) {
      if (!models.containsKey(role)) {
        problems.add("missing: " + role);
      }
    }
    new TreeMap<>(models)
        .forEach(
            (role, folder) -> {
              if (!needed.contains(role) && !optional.contains(role)) {
                problems.add("unknown: " + role);
              } else if (!Files.isDirectory(folder)) {
                problems.add("%s: %s is no folder".formatted(role, folder));
              }
            });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "models of %s: %s (expected: %s)"
              .formatted(recipe, String.join("; ", problems), describe()));
    }
  }

  private String describe() {
    var parts = new ArrayList<String>();
    needed.forEach(role -> parts.add(role + "=DIR"));
    optional.forEach(role -> parts.add("perhaps " + role + "=DIR"));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  /** The digest of every file of the models that decides what they compute. */
  public static Identity identify(Identity before, Map<String, Path> models) throws IOException {
    Identity identity = before;
    for (Map.Entry<String, Path> model : new TreeMap<>(models).entrySet()) {
      Path folder = model.getValue();
      List<Path> files;
      try (Stream<Path> all = Files.walk(folder)) {
        files = all.filter(Files::isRegularFile).filter(Roles::decides).sorted().toList();
      }
      for (Path file : files) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        identity = identity.withDigest(model.getKey() + "." + name, Sha256.hex(file));
      }
    }
    return identity;
  }

  private static boolean decides(Path file) {
    String name = file.getFileName().toString();
    return DECIDING.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
