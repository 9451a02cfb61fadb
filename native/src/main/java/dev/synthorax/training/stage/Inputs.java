package dev.synthorax.training.stage;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe plans from.
 *
 * @param work holds the templates, perhaps edited
 * @param samples what is learned from
 * @param models folders of models to start from or to learn from, by their role; only roles of
 *     {@link Recipe#roles}
 */
public record Inputs(WorkFolder work, Samples samples, Map<String, Path> models) {
  public Inputs {
    models = Map.copyOf(models);
  }

  /** The folder of a role that may be absent. */
  public @Nullable Path model(String role) {
    return models.get(role);
  }
}
