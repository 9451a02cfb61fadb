package dev.synthorax.server.training;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to train, and on what.
 *
 * @param recipe its name
 * @param model name that the model gets in the repository
 * @param datasets with their parts in every batch
 * @param models names of models by role
 * @param settings what differs from the recipe's templates, by template
 * @param threads to compute with; 0: the server's share for training
 * @param promote whether the model goes into the repository when it is finished
 */
public record TrainingSpec(
    String recipe,
    String model,
    List<Share> datasets,
    Map<String, String> models,
    Map<String, JsonNode> settings,
    int threads,
    boolean promote) {

  /** Copies what could change. */
  public TrainingSpec {
    requireNonNull(recipe, "recipe");
    requireNonNull(model, "model");
    datasets = List.copyOf(datasets);
    models = Map.copyOf(models);
    settings = Map.copyOf(settings);
  }

  /** A dataset's part in every batch. */
  public record Share(String dataset, double weight) {}

  /** How another one differs, field by field; empty: not at all. */
  List<String> differences(TrainingSpec other) {
    var differences = new ArrayList<String>();
    compare("recipe", recipe, other.recipe, differences);
    compare("model", model, other.model, differences);
    compare("datasets", datasets, other.datasets, differences);
    compare("models", new TreeMap<>(models), new TreeMap<>(other.models), differences);
    compare("settings", new TreeMap<>(settings), new TreeMap<>(other.settings), differences);
    compare("threads", threads, other.threads, differences);
    compare("promote", promote, other.promote, differences);
    return differences;
  }

  private static void compare(String field, Object mine, Object other, List<String> differences) {
    if (!mine.equals(other)) {
      differences.add("%s was %s, now %s".formatted(field, mine, other));
    }
  }
}
