package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * All that can change a plan: a plan is used again only where every line is the same.
 *
 * @param name of the graph's file, for people
 * @param text one line each, as kept with the plan
 * @param machine the lines that do not depend on the graph
 */
record PlanKey(String name, String text, String machine) {

  /**
   * What a plan is compiled by and for.
   *
   * @param tensorRt full version of the library
   * @param driver version of the device's driver
   * @param device name, architecture and memory
   */
  record Machine(String tensorRt, String driver, String device) {}

  /**
   * Reads the graph and its weights, all bytes of them.
   *
   * @throws InferenceException {@code MODEL_FAILED} if a file of weights is missing
   */
  static PlanKey of(
      PlanRequest request, OnnxFile graph, Machine machine, BuilderSettings settings) {
    String common =
        """
        tensorrt: %s
        driver: %s
        device: %s
        settings: %s
        """
            .formatted(machine.tensorRt, machine.driver, machine.device, settings.text());
    String text =
        """
        graph: %s
        precision: %s
        rows: %s
        """
                .formatted(
                    digest(request.graph(), graph), request.precision(), request.rowProfiles())
            + common;
    return new PlanKey(String.valueOf(request.graph().getFileName()), text, common);
  }

  private static String digest(Path graph, OnnxFile content) {
    MessageDigest digest = Sha256.digest();
    Path file = graph;
    try {
      Sha256.update(digest, file);
      for (String weights : content.weightFiles()) {
        file = graph.resolveSibling(weights);
        digest.update(weights.getBytes(StandardCharsets.UTF_8));
        Sha256.update(digest, file);
      }
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "%s: %s: %s (expected: the graph's weights)"
              .formatted(graph.getFileName(), file.getFileName(), RegularFiles.reason(e)),
          e);
    }
    return Sha256.hex(digest);
  }

  /** The key in few characters. */
  String id() {
    return shortHash(text);
  }

  /** The same of what does not depend on the graph. */
  String machineId() {
    return shortHash(machine);
  }

  private static String shortHash(String lines) {
    return Sha256.hex(lines.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
  }
}
