package dev.synthorax.training;

import dev.synthorax.training.drawing.PipelineRecipe;
import dev.synthorax.training.reading.ReaderRecipe;
import dev.synthorax.training.stage.Recipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The recipes there are. */
public final class Recipes {
  private static final List<Recipe> ALL =
      List.of(new PipelineRecipe(), ReaderRecipe.SEGMENTER, ReaderRecipe.CLASSIFIER);

  private Recipes() {}

  /** What comes out of each recipe, by the recipe's name. */
  public static SequencedMap<String, String> summaries() {
    return ALL.stream()
        .collect(Collectors.toMap(Recipe::name, Recipe::summary, (a, _) -> a, LinkedHashMap::new));
  }

  /**
   * The recipe of that name.
   *
   * @throws IllegalArgumentException if there is none, with those there are
   */
  static Recipe find(String name) {
    return ALL.stream()
        .filter(recipe -> recipe.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "recipe: %s (expected: one of %s)"
                        .formatted(name, String.join(", ", summaries().keySet()))));
  }
}
