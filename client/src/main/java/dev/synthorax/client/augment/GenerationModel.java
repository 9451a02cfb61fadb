package dev.synthorax.client.augment;

import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.PlannedSettings;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.OutputFormat;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one model that makes a job's images, on every server alike.
 *
 * @param name of the model
 * @param version names weights and configuration
 * @param width of its images, in pixels
 * @param height of its images, in pixels
 * @param findings what it can be asked to show
 */
record GenerationModel(String name, String version, int width, int height, KnownFindings findings) {

  /**
   * Asks every server what the plan's model is, and checks that they agree.
   *
   * @param name of the model; empty: the servers' default
   * @param warnings told of servers that cannot be reached, while there are others
   * @throws SynthoraxException if no server answers, or two have different versions; names both
   */
  static Model agree(SynthoraxClient client, String name, Consumer<String> warnings) {
    String first = "";
    Model model = null;
    SynthoraxException unreachable = null;
    for (Map.Entry<String, CompletableFuture<Model>> answer :
        client.modelOfEachAsync(name, "").entrySet()) {
      Model here;
      try {
        here = await(answer.getValue());
      } catch (SynthoraxException e) {
        if (e.code() != Status.Code.UNAVAILABLE && e.code() != Status.Code.RESOURCE_EXHAUSTED) {
          throw e;
        }
        unreachable = e;
        warnings.accept(
            answer.getKey() + " does not answer; its version is checked with its first image");
        continue;
      }
      if (model == null) {
        model = here;
        first = answer.getKey();
      } else if (!here.getName().equals(model.getName())
          || !here.getVersion().equals(model.getVersion())) {
        throw SynthoraxException.of(
            Status.Code.FAILED_PRECONDITION,
            "servers differ: "
                + first
                + " has "
                + name(model)
                + ", "
                + answer.getKey()
                + " has "
                + name(here)
                + " (expected: one model version a dataset)",
            null);
      }
    }
    if (model == null) {
      throw unreachable == null
          ? SynthoraxException.of(Status.Code.UNAVAILABLE, "no server", null)
          : unreachable;
    }
    return model;
  }

  private static String name(Model model) {
    return model.getName() + " " + model.getVersion();
  }

  private static Model await(CompletableFuture<Model> answer) {
    try {
      return answer.get();
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while waiting", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SynthoraxException failure) {
        throw failure;
      }
      throw SynthoraxException.of(Status.Code.UNKNOWN, "the call failed", e);
    }
  }

  /**
   * Returns the model as the plan uses it.
   *
   * @param problems told of each structure, size and noise scheduler of the plan that the model
   *     lacks
   */
  static GenerationModel of(Model model, AugmentPlan plan, Consumer<String> problems) {
    DiffusionModel diffusion = model.getDiffusion();
    ImageSize size = size(model, plan.generation().size(), problems);
    for (int i = 0; i < plan.arms().size(); i++) {
      for (Structure structure : plan.arms().get(i).structures()) {
        if (!diffusion.getStructuresList().contains(structure.wireName())) {
          problems.accept(
              "arms["
                  + i
                  + "].structures: "
                  + structure.wireName()
                  + " (expected: what "
                  + model.getName()
                  + " takes, "
                  + String.join(", ", diffusion.getStructuresList())
                  + ")");
        }
      }
    }
    String scheduler = plan.generation().noiseScheduler();
    if (scheduler != null
        && !diffusion.getNoiseSchedulersList().contains(NoiseSchedulerName.parse(scheduler))) {
      problems.accept(
          "generation.noise-scheduler: "
              + scheduler
              + " (expected: what "
              + model.getName()
              + " runs, "
              + diffusion.getNoiseSchedulersList().stream()
                  .map(NoiseSchedulerName::of)
                  .collect(Collectors.joining(", "))
              + ")");
    }
    return new GenerationModel(
        model.getName(),
        model.getVersion(),
        size.getWidth(),
        size.getHeight(),
        new KnownFindings(model.getName(), new LinkedHashSet<>(diffusion.getFindingsList())));
  }

  private static ImageSize size(
      Model model, @Nullable List<Integer> asked, Consumer<String> problems) {
    List<ImageSize> sizes = model.getDiffusion().getSizesList();
    if (sizes.isEmpty()) {
      throw new PlanException(
          "generation.model: " + model.getName() + " (expected: a model that makes images)");
    }
    for (ImageSize size : sizes) {
      if (asked == null || List.of(size.getWidth(), size.getHeight()).equals(asked)) {
        return size;
      }
    }
    problems.accept(
        "generation.size: "
            + asked
            + " (expected: a size of "
            + model.getName()
            + ", "
            + sizes.stream()
                .map(size -> size.getWidth() + " x " + size.getHeight())
                .collect(Collectors.joining(", "))
            + ")");
    return sizes.getFirst();
  }

  /** Returns a request for one image, without prompt, masks and seed. */
  GenerationSpec.Builder request(PlannedSettings settings) {
    GenerationSpec.Builder request =
        GenerationSpec.newBuilder()
            .setModel(name)
            .setModelVersion(version)
            .setWidth(width)
            .setHeight(height)
            .setCount(1)
            .setNegativePrompt(settings.negativePrompt())
            .setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);
    Integer steps = settings.steps();
    if (steps != null) {
      request.setNumInferenceSteps(steps);
    }
    Float guidance = settings.guidanceScale();
    if (guidance != null) {
      request.setGuidanceScale(guidance);
    }
    String scheduler = settings.noiseScheduler();
    if (scheduler != null) {
      request.setNoiseScheduler(NoiseSchedulerName.parse(scheduler));
    }
    return request;
  }
}
