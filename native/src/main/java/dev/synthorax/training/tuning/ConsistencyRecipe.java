package dev.synthorax.training.tuning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Distils a pipeline so that a few steps without guidance draw what many with guidance do. The
 * U-Net learns; text encoder, ControlNet and autoencoder stay.
 *
 * @see <a href="https://arxiv.org/abs/2310.04378">Luo et al., latent consistency models</a>
 */
public final class ConsistencyRecipe implements Recipe {
  static final String SETTINGS = "recipe.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Override
  public String name() {
    return "consistency";
  }

  @Override
  public String summary() {
    return "a pipeline that needs a few steps, from one that needs many";
  }

  @Override
  public int revision() {
    return 1;
  }

  @Override
  public List<String> templates() {
    return List.of(SETTINGS);
  }

  @Override
  public Roles roles() {
    return new Roles(List.of(Roles.BASE), List.of());
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    ConsistencySettings settings =
        SettingsFile.read(inputs.work().file(SETTINGS), ConsistencySettings.class);
    BasePipeline base = BasePipeline.of(inputs);
    String scheduler = scheduler(base, settings);
    try {
      NoiseScheduler.of(NoiseScheduler.Kind.LCM, NoiseSchedulerConfig.parse(scheduler))
          .steps(settings.numInferenceSteps());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("base: as LCMScheduler: " + e.getMessage(), e);
    }
    var distilling = new Distilling(settings);
    return new Plan(
        settings.seed(),
        List.of(new TuningStage(base, distilling)),
        new TunedPipeline(
            base,
            inputs.work().result(distilling.name()),
            distilling.learned(),
            Map.of(
                "scheduler/scheduler_config.json",
                scheduler,
                DiffusersFolder.SETTINGS,
                defaults(base, settings))));
  }

  private static String scheduler(BasePipeline base, ConsistencySettings settings)
      throws JsonProcessingException {
    String text = base.folder().schedulerConfig().text("the noise schedule");
    ObjectNode config = (ObjectNode) MAPPER.readTree(text);
    config.put("_class_name", "LCMScheduler");
    config.put("original_inference_steps", settings.originalInferenceSteps());
    config.put("timestep_scaling", settings.timestepScaling());
    return config.toPrettyString() + "\n";
  }

  private static String defaults(BasePipeline base, ConsistencySettings settings)
      throws JsonProcessingException {
    ObjectNode fields = base.settings().deepCopy();
    fields
        .withObject("/defaults")
        .put("num-inference-steps", settings.numInferenceSteps())
        .put("guidance-scale", 1)
        .put("noise-scheduler", "LCM");
    return BasePipeline.YAML.writeValueAsString(fields);
  }

  /** The one stage. */
  private record Distilling(ConsistencySettings consistency) implements Tuning {
    @Override
    public String name() {
      return "distillation";
    }

    @Override
    public StageSettings settings() {
      return consistency.stage();
    }

    @Override
    public Set<Component> learned() {
      return Set.of(Component.UNET);
    }

    @Override
    public FlatOptimizer.Settings optimizer() {
      return FlatOptimizer.Settings.DEFAULT.withMaxDecay(consistency.targetDecay());
    }

    @Override
    public Identity identify(Identity before) {
      return settings().identify(before, name()).withRecord(name(), consistency);
    }

    @Override
    public TrainingLoop.Objective objective(StageRun run, OpenBase open, FlatOptimizer optimizer) {
      Denoiser target = open.copyOf(learned());
      optimizer.showAverage(target.unet().learned());
      var loss =
          new ConsistencyLoss(
              open,
              new DiffusionProcess(open.base().schedule()),
              consistency,
              open.denoiser(),
              target,
              open.copyOf(learned()));
      return TrainingLoop.Objective.over(
          run.samples(),
          run.samples().order(consistency.batchSize(), run.seed()),
          (_, batch) -> loss.of(batch));
    }
  }
}
