package dev.synthorax.client.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a recipe file says; see {@link RecipeFile}.
 *
 * @param model name that the model gets
 * @param recipe of the server, such as {@code classifier}
 * @param datasets one at least
 * @param models by role, such as {@code base}: names on the server
 * @param settings what differs from the recipe's templates, by template: {@code recipe} for its
 *     settings, {@code unet} and the like for networks
 * @param threads to compute with; 0: the server's share
 * @param promote whether the model is served when it is finished
 */
public record TrainingRecipe(
    String model,
    String recipe,
    List<TrainingData> datasets,
    Map<String, String> models,
    Map<String, JsonNode> settings,
    int threads,
    boolean promote) {
  /** Copies the collections. */
  public TrainingRecipe {
    datasets = List.copyOf(datasets);
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }
}
