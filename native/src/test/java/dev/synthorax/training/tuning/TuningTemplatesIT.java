package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TuningTemplatesIT {
  static List<Recipe> recipes() {
    return List.of(new ConsistencyRecipe(), new ProxyRecipe(), new PreferenceRecipe());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void templates_ofEveryTuning_areThereAndMakeAPlan(Recipe recipe, @TempDir Path folder)
      throws IOException {
    Path shards =
        TinySamples.write(
            folder.resolve("samples"),
            List.of("heart", "lungs"),
            i -> Map.of("item", "1", "mask_score", "" + i % 6));
    var models =
        new HashMap<>(
            Map.of(
                "base", TinyPipeline.write(folder.resolve("base")),
                "proxy", TinyReader.classifier(folder.resolve("proxy"), List.of("effusion"))));
    models.keySet().retainAll(recipe.roles().needed());
    try (WorkFolder work = WorkFolder.open(folder.resolve("work"));
        Samples samples = Samples.open(List.of(SampleSource.of(shards)))) {
      work.layOut(recipe);

      Recipe.Plan plan = recipe.plan(new Inputs(work, samples, models));

      assertThat(plan.stages()).hasSize(1);
    }
  }
}
