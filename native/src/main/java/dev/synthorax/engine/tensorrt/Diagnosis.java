package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes one sentence of what TensorRT says when something fails: what is missing, what to do. */
final class Diagnosis {
  private static final int LONGEST = 300;

  /** The library that holds the kernels of one architecture, and is loaded when a plan is made. */
  private static final Pattern RESOURCE =
      Pattern.compile("libnvinfer_builder_resource[\\w.]*", Pattern.CASE_INSENSITIVE);

  private static final Pattern NO_IMPLEMENTATION =
      Pattern.compile("Could not find any implementation for node (\\S+)");

  private static final Pattern CUDA_START =
      Pattern.compile("CUDA initialization failure with error: (\\d+)");

  /** Errors by which CUDA's runtime says that the driver is too old for it. */
  private static final Set<String> OLD_DRIVER = Set.of("35", "36");

  /** Where in NVIDIA's sources a message comes from; helps nobody here. */
  private static final Pattern PLACE =
      Pattern.compile("\\s*\\(?In \\S+ at \\S+:\\d+\\)?|\\[\\w+\\.(cpp|h)::\\w+::\\d+\\]\\s*");

  private Diagnosis() {}

  /**
   * Why a plan could not be made.
   *
   * @param subject graph and device, such as {@code unet.onnx on GPU 0}
   * @param architecture of the device, 90 for {@code sm_90}
   * @param version of the library
   * @param messages of the library, errors before warnings
   * @return {@code UNSUPPORTED} where the library lacks the device or a layer; {@code
   *     OUT_OF_MEMORY}; else {@code MODEL_FAILED}
   */
  static InferenceException ofCompiling(
      String subject, int architecture, String version, List<String> messages) {
    for (String message : messages) {
      Matcher resource = RESOURCE.matcher(message);
      if (resource.find()) {
        return new InferenceException(
            ErrorReason.UNSUPPORTED,
            ("%s: TensorRT %s has no builder resource for sm_%d here (%s); install TensorRT on this"
                    + " host and name its folder in SYNTHORAX_LIBRARIES")
                .formatted(subject, version, architecture, resource.group()));
      }
    }
    if (messages.stream().anyMatch(Diagnosis::isOutOfMemory)) {
      return new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          subject
              + ": no room to compile it; free memory of the device, or ask for fewer rows at a"
              + " time");
    }
    for (String message : messages) {
      Matcher node = NO_IMPLEMENTATION.matcher(message);
      if (node.find()) {
        return new InferenceException(
            ErrorReason.UNSUPPORTED,
            "%s: TensorRT %s has no implementation of %s"
                .formatted(subject, version, strip(node.group(1))));
      }
    }
    return new InferenceException(
        ErrorReason.MODEL_FAILED, subject + ": TensorRT: " + first(messages));
  }

  private static String strip(String node) {
    return node.endsWith(".") ? node.substring(0, node.length() - 1) : node;
  }

  /**
   * What the parser says of a graph.
   *
   * @param operator type of the node; empty where the complaint is about no node
   * @param node its name, perhaps empty
   * @param description the parser's words
   * @param unsupported whether the parser says that it does not take such a node
   * @return {@code MODEL_FAILED}, naming the operator
   */
  static InferenceException ofParsing(
      String graph, String operator, String node, String description, boolean unsupported) {
    String where = operator.isBlank() ? "" : ": " + operator + (node.isBlank() ? "" : " " + node);
    return new InferenceException(
        ErrorReason.MODEL_FAILED,
        "%s%s: %s"
            .formatted(
                graph,
                where,
                unsupported && !operator.isBlank()
                    ? "TensorRT does not take this operator: " + oneLine(description)
                    : oneLine(description)));
  }

  /**
   * Why the library does not start.
   *
   * @return {@code UNSUPPORTED}
   */
  static InferenceException ofStarting(String version, List<String> messages) {
    for (String message : messages) {
      Matcher start = CUDA_START.matcher(message);
      if (start.find()) {
        return new InferenceException(
            ErrorReason.UNSUPPORTED,
            "TensorRT %s does not start: CUDA error %s%s"
                .formatted(
                    version,
                    start.group(1),
                    OLD_DRIVER.contains(start.group(1))
                        ? ", the driver is older than this TensorRT's CUDA; install a newer driver"
                        : ""));
      }
    }
    return new InferenceException(
        ErrorReason.UNSUPPORTED,
        "TensorRT %s does not start: %s".formatted(version, first(messages)));
  }

  /**
   * Why a plan was not loaded, or a context not opened, for another reason than the plan itself.
   *
   * @return {@code OUT_OF_MEMORY} or {@code BACKEND_FAILURE}
   */
  static InferenceException ofLoading(String subject, List<String> messages) {
    return messages.stream().anyMatch(Diagnosis::isOutOfMemory)
        ? new InferenceException(
            ErrorReason.OUT_OF_MEMORY,
            subject + ": the device has no room for it; free memory, or serve fewer models")
        : new InferenceException(
            ErrorReason.BACKEND_FAILURE, subject + ": TensorRT: " + first(messages));
  }

  /** Whether memory is what was missing, so that the plan itself may be good. */
  static boolean isOutOfMemory(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("out of memory")
        || lower.contains("outofmemory")
        || lower.contains("insufficient memory")
        || lower.contains("memory allocation failed");
  }

  /** Why a plan that was compiled just now is not taken by the library that compiled it. */
  static InferenceException ofRefusing(String subject, TensorRt.PlanRefusedException refused) {
    return new InferenceException(
        ErrorReason.BACKEND_FAILURE,
        "%s: TensorRT refuses the plan that it compiled: %s"
            .formatted(subject, oneLine(String.valueOf(refused.getMessage()))),
        refused);
  }

  /** Why a run failed. */
  static InferenceException ofRunning(String subject, List<String> messages) {
    return new InferenceException(
        ErrorReason.BACKEND_FAILURE, subject + ": TensorRT: " + first(messages));
  }

  /** The first message: what follows is as a rule its consequence. */
  static String first(List<String> messages) {
    return messages.isEmpty() ? "no reason given" : oneLine(messages.getFirst());
  }

  private static String oneLine(String message) {
    String line = PLACE.matcher(message).replaceAll("").strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
