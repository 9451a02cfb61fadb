package dev.synthorax.training.tuning;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Tunes a pipeline by readers' scores of images that were drawn for one prompt and mask, so that it
 * draws more of what they prefer. The frozen reference is the base.
 *
 * @see <a href="https://arxiv.org/abs/2311.12908">Wallace et al., Diffusion-DPO</a>
 */
public final class PreferenceRecipe implements Recipe {
  private static final String SETTINGS = "recipe.json";

  @Override
  public String name() {
    return "preference";
  }

  @Override
  public String summary() {
    return "a pipeline tuned by readers' scores";
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
    PreferenceSettings settings =
        SettingsFile.read(inputs.work().file(SETTINGS), PreferenceSettings.class);
    Samples samples = inputs.samples();
    BasePipeline base = BasePipeline.of(inputs);
    Set<Component> learned = LearnedNetworks.of(settings.learn(), base);
    List<PreferencePair> pairs = PreferencePair.of(samples.labels());
    if (learned.equals(Set.of(Component.CONTROLNET))) {
      pairs = pairs.stream().filter(pair -> hasMasks(pair.first(), base, samples)).toList();
      if (pairs.isEmpty()) {
        throw new IllegalArgumentException(
            "learn: controlnet alone, but no pair has masks that it reads (expected: rated images"
                + " drawn from masks, or learn unet too)");
      }
    }
    var tuning = new ByScores(settings, learned, pairs);
    return new Plan(
        settings.seed(),
        List.of(new TuningStage(base, tuning)),
        new TunedPipeline(base, inputs.work().result(tuning.name()), learned, Map.of()));
  }

  private static boolean hasMasks(int sample, BasePipeline base, Samples samples) {
    float[] known = samples.known(new int[] {sample});
    return base.channels(samples).stream().anyMatch(from -> from >= 0 && known[from] == 1);
  }

  /** The one stage. */
  private record ByScores(
      PreferenceSettings preference, Set<Component> learned, List<PreferencePair> pairs)
      implements Tuning {
    @Override
    public String name() {
      return "preference";
    }

    @Override
    public StageSettings settings() {
      return preference.stage();
    }

    @Override
    public FlatOptimizer.Settings optimizer() {
      return FlatOptimizer.Settings.DEFAULT;
    }

    @Override
    public Identity identify(Identity before) {
      return settings().identify(before, name()).withRecord(name(), preference);
    }

    @Override
    public TrainingLoop.Objective objective(StageRun run, OpenBase open, FlatOptimizer optimizer) {
      var order = new BatchOrder(pairs.size(), preference.batchSize(), run.seed());
      var loss =
          new PreferenceLoss(
              open,
              new DiffusionProcess(open.base().schedule()),
              preference,
              open.denoiser(),
              open.copyOf(learned));
      return new TrainingLoop.Objective() {
        @Override
        public Tensor loss(long step) {
          return loss.of(pairs(step));
        }

        @Override
        public String batch(long step) {
          return pairs(step).stream()
              .flatMap(pair -> Stream.of(pair.first(), pair.second()))
              .map(index -> run.samples().labels().get(index).id())
              .collect(Collectors.joining(", "));
        }

        private List<PreferencePair> pairs(long step) {
          return IntStream.of(order.batch(step)).mapToObj(pairs::get).toList();
        }
      };
    }
  }
}
