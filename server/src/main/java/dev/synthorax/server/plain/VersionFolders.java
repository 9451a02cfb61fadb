package dev.synthorax.server.plain;

import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelVersionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The numbered folders of a plain model, and which of them are served. */
final class VersionFolders {
  /** Of the graph, where the configuration names no other. */
  static final String GRAPH = "model.onnx";

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,18}");

  private VersionFolders() {}

  /**
   * Numbers of the folders that hold a graph, ascending.
   *
   * @param graph name of its file
   */
  static List<Long> numbers(Path folder, String graph) {
    var numbers = new TreeSet<Long>();
    try (var children = Files.list(folder)) {
      for (Path child : children.toList()) {
        String name = String.valueOf(child.getFileName());
        if (NUMBER.matcher(name).matches() && Files.isRegularFile(child.resolve(graph))) {
          numbers.add(parse(name));
        }
      }
    } catch (IOException e) {
      throw ModelConfigFile.failed("the folder cannot be listed", e);
    }
    numbers.remove(0L); // of a number that is too large
    return List.copyOf(numbers);
  }

  private static long parse(String name) {
    try {
      return Long.parseLong(name);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The name of the graph's file. */
  static String graph(ModelConfig config) {
    String own = config.getDefaultModelFilename();
    return own.isEmpty() ? GRAPH : own;
  }

  /**
   * Which of the versions that are there are served: the last, unless the policy says otherwise.
   *
   * @return ascending; never empty
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED} if there is none
   */
  static List<Long> served(Path folder, ModelConfig config) {
    String graph = graph(config);
    List<Long> there = numbers(folder, graph);
    ModelVersionPolicy policy = config.getVersionPolicy();
    List<Long> served =
        switch (policy.getPolicyChoiceCase()) {
          case ALL -> there;
          case SPECIFIC -> specific(there, policy.getSpecific().getVersionsList());
          case LATEST -> latest(there, Math.max(1, policy.getLatest().getNumVersions()));
          case POLICYCHOICE_NOT_SET -> latest(there, 1);
        };
    if (served.isEmpty()) {
      throw ModelConfigFile.failed(
          "no version (expected: a folder 1 with %s)".formatted(graph), null);
    }
    return served;
  }

  private static List<Long> latest(List<Long> there, int count) {
    return there.subList(Math.max(0, there.size() - count), there.size());
  }

  private static List<Long> specific(List<Long> there, List<Long> asked) {
    var missing = new ArrayList<>(asked);
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      throw ModelConfigFile.failed(
          "version_policy.specific: %s (expected: of %s)".formatted(missing, there), null);
    }
    return there.stream().filter(asked::contains).toList();
  }
}
