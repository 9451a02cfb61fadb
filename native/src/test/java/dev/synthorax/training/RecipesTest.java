package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RecipesTest {
  /** Recipes that need no model; {@code TuningTemplatesIT} plans those that tune one. */
  static Iterable<String> names() {
    return Recipes.summaries().keySet().stream()
        .filter(name -> Recipes.roles(name).needed().isEmpty())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void templates_everyRecipe_areThereAndMakeAPlan(String name, @TempDir Path folder)
      throws IOException {
    Recipe recipe = Recipes.find(name);

    try (WorkFolder work = WorkFolder.open(folder.resolve("work"));
        Samples samples =
            Samples.open(List.of(SampleSource.of(Work.writeShards(folder.resolve("shards")))))) {
      work.layOut(recipe);
      Recipe.Plan plan = recipe.plan(new Inputs(work, samples, Map.of()));

      assertThat(plan.stages().stream().map(Recipe.Stage::name))
          .isNotEmpty()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void find_unknownName_saysWhatThereIs() {
    assertThatThrownBy(() -> Recipes.find("cxr-maxi"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "recipe: cxr-maxi (expected: one of %s)",
            String.join(", ", Recipes.summaries().keySet()));
  }
}
