package dev.synthorax.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.training.drawing.DrawingRecipe;
import dev.synthorax.training.reading.ReaderRecipe;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.WorkFolder;
import dev.synthorax.training.tuning.ConsistencyRecipe;
import dev.synthorax.training.tuning.PreferenceRecipe;
import dev.synthorax.training.tuning.ProxyRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The recipes there are. */
public final class Recipes {
  private static final List<Recipe> ALL =
      List.of(
          DrawingRecipe.PIPELINE,
          DrawingRecipe.AUTOENCODER,
          DrawingRecipe.LATENT_DIFFUSION,
          DrawingRecipe.MASK_CONTROL,
          ReaderRecipe.SEGMENTER,
          ReaderRecipe.CLASSIFIER,
          new ConsistencyRecipe(),
          new ProxyRecipe(),
          new PreferenceRecipe());

  private Recipes() {}

  /** What comes out of each recipe, by the recipe's name. */
  public static SequencedMap<String, String> summaries() {
    return ALL.stream()
        .collect(Collectors.toMap(Recipe::name, Recipe::summary, (a, _) -> a, LinkedHashMap::new));
  }

  /**
   * Writes a recipe's settings and configurations into a work folder, or changes those that are
   * there: what a training of that recipe in that folder then goes by.
   *
   * @param recipe one of {@link #summaries}
   * @param overrides fields to change, by a template's short name: {@code recipe} is {@code
   *     recipe.json}, {@code unet} is {@code pipeline/unet/config.json}, and so on
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if there is no such recipe, and naming every template and
   *     field that there is not and every value of another kind
   * @throws IllegalStateException if a run is under way in the folder
   */
  public static void layOut(String recipe, Path work, Map<String, JsonNode> overrides)
      throws IOException {
    try (WorkFolder folder = WorkFolder.open(work)) {
      folder.layOut(find(recipe), overrides);
    }
  }

  /** The models that a recipe needs or may be given. */
  public static Roles roles(String recipe) {
    return find(recipe).roles();
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
