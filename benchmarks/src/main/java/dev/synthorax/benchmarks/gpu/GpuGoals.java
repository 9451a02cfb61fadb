package dev.synthorax.benchmarks.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a GPU has to reach, judged by the figures of one run's steps. */
final class GpuGoals {
  private static final double STEP_OVER_BARE = 0.95;
  private static final double MOST_OUTSIDE = 0.03;
  private static final double GAIN_OF_EIGHT = 2.5;
  private static final double OF_BANDWIDTH = 0.8;
  private static final String UNET = "unet-";
  private static final String IMAGES = "images-";
  private static final String CPU = IMAGES + "onnxruntime-cpu";

  private final List<Goal> goals = new ArrayList<>();

  private GpuGoals() {}

  /**
   * One of them.
   *
   * @param measured and {@code expected}, for people
   */
  record Goal(String what, String measured, String expected, boolean reached) {}

  /**
   * Judges.
   *
   * @param figures by step; what a step did not measure is not judged
   */
  static List<Goal> of(Map<String, JsonNode> figures) {
    var judged = new GpuGoals();
    figures.forEach(
        (step, found) -> {
          if (step.startsWith(UNET)) {
            judged.steps(step.substring(UNET.length()), found, figures.get("torch"));
          } else if (step.startsWith(IMAGES) && !step.equals(CPU)) {
            judged.images(step.substring(IMAGES.length()), found, figures.get(CPU));
          } else if (step.equals("kernels")) {
            judged.kernels(found);
          }
        });
    return List.copyOf(judged.goals);
  }

  private void steps(String backend, JsonNode found, @Nullable JsonNode torch) {
    JsonNode steps = found.path("steps");
    for (JsonNode step : steps) {
      double ratio = step.path("ratio").asDouble();
      String what = backend + ", " + step.path("rows").asInt() + " rows: ";
      String times =
          format(
              "%.2f of %.2f ms",
              step.path("bareMillis").asDouble(), step.path("stepMillis").asDouble());
      add(
          what + "bare loop over step",
          format("%.3f (%s)", ratio, times),
          ">= " + STEP_OVER_BARE,
          ratio >= STEP_OVER_BARE);
      add(
          what + "time outside the plan",
          format("%.1f %%", 100 * (1 - ratio)),
          format("<= %.0f %%", 100 * MOST_OUTSIDE),
          1 - ratio <= MOST_OUTSIDE);
      JsonNode peer = torch == null ? null : rows(torch.path("steps"), step.path("rows").asInt());
      if (peer != null) {
        double faster = peer.path("compiledMillis").asDouble() / step.path("stepMillis").asDouble();
        add(what + "torch.compile's step over ours", format("%.2f", faster), "> 1", faster > 1);
      }
    }
    JsonNode one = rows(steps, 2);
    JsonNode eight = rows(steps, 16);
    if (one != null && eight != null) {
      double gain = 8 * one.path("stepMillis").asDouble() / eight.path("stepMillis").asDouble();
      add(
          backend + ": images of 8 over those of 1, by the step",
          format("%.2f", gain),
          ">= " + GAIN_OF_EIGHT,
          gain >= GAIN_OF_EIGHT);
    }
  }

  private void images(String backend, JsonNode found, @Nullable JsonNode cpu) {
    double alone = rate(found, 1);
    double eight = rate(found, 8);
    if (alone > 0 && eight > 0) {
      add(
          backend + ": images/s at 8 over those at 1, " + found.path("model").asText(),
          format("%.2f (%.1f over %.1f)", eight / alone, eight, alone),
          ">= " + GAIN_OF_EIGHT,
          eight / alone >= GAIN_OF_EIGHT);
    }
    double many = rate(found, 64);
    double slow = cpu == null ? 0 : rate(cpu, 64);
    if (many > 0 && slow > 0) {
      add(
          backend + ": images/s at 64 over the CPU's",
          format("%.1f (%.1f over %.1f)", many / slow, many, slow),
          "> 1",
          many > slow);
    }
  }

  private void kernels(JsonNode found) {
    for (JsonNode kernel : found.path("kernels")) {
      double share = kernel.path("ofCopy").asDouble();
      add(
          "kernel " + kernel.path("name").asText() + ": bandwidth over a copy's",
          format("%.2f", share),
          ">= " + OF_BANDWIDTH,
          share >= OF_BANDWIDTH);
    }
  }

  private static @Nullable JsonNode rows(JsonNode steps, int rows) {
    for (JsonNode step : steps) {
      if (step.path("rows").asInt() == rows) {
        return step;
      }
    }
    return null;
  }

  private static double rate(JsonNode figures, int concurrency) {
    for (JsonNode rate : figures.path("rates")) {
      if (rate.path("concurrency").asInt() == concurrency) {
        return rate.path("imagesPerSecond").asDouble();
      }
    }
    return 0;
  }

  private void add(String what, String measured, String expected, boolean reached) {
    goals.add(new Goal(what, measured, expected, reached));
  }

  @FormatMethod
  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
