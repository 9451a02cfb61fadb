package dev.synthorax.server.reading;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.PlainModel;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.plain.ReaderSpec.Task;
import dev.synthorax.server.repository.Lease;
import dev.synthorax.server.repository.LeasedModel;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.repository.ServedModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models of a repository that read radiographs.
 *
 * @param models borrowed
 */
record Readers(ModelRepository models) {

  /** Where readers are leased. */
  interface Source {
    /**
     * A model of a task that takes requests; as {@link Readers#acquire}.
     *
     * @param name empty: the first by name that is ready
     * @param version empty: the newest
     */
    LeasedModel acquire(Task task, String name, String version);
  }

  /**
   * A model of a task that takes requests.
   *
   * @throws ServerException {@code MODEL_NOT_FOUND}, {@code MODEL_LOADING}, {@code MODEL_FAILED}
   * @throws FieldException if the model of that name has another task, or none
   */
  LeasedModel acquire(Task task, String name, String version) {
    String known = name.isEmpty() ? byDefault(task) : name;
    @SuppressWarnings("MustBeClosed") // the leased model has it
    Lease<ServedModel> lease = models.acquire(known, version);
    try {
      PlainModel model = reader(lease.model(), task, known, version);
      return new LeasedModel(
          model.description(), model::infer, model::statistics, model::nanoTime, lease::close);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private PlainModel reader(ServedModel model, Task task, String name, String version) {
    PlainModel plain =
        switch (model) {
          case ServedModel.Plain several -> several.model(version);
          case ServedModel.Diffusion _ -> null;
        };
    if (plain == null || taskOf(plain.description()) != task) {
      List<String> others = names(task);
      throw FieldException.invalid(
          "model",
          "%s %s (expected: %s)"
              .formatted(
                  name,
                  refusal(task),
                  others.isEmpty() ? advice(task) : "one of " + String.join(", ", others)));
    }
    return plain;
  }

  private String byDefault(Task task) {
    List<String> ready = names(task);
    if (!ready.isEmpty()) {
      return ready.getFirst();
    }
    if (models.list().stream().anyMatch(status -> status.state() == ModelState.LOADING)) {
      throw new ServerException(
          ServerReason.MODEL_LOADING, "models are being loaded (try again in a moment)", "");
    }
    throw new ServerException(
        ServerReason.MODEL_NOT_FOUND,
        "model: no model of this server %s (expected: %s)".formatted(wanted(task), advice(task)),
        "");
  }

  /** Names of the models of a task that are ready, in order. */
  private List<String> names(Task task) {
    return models.list().stream()
        .filter(status -> taskOf(status.plain()) == task)
        .map(ModelStatus::name)
        .distinct()
        .toList();
  }

  private static @Nullable Task taskOf(@Nullable PlainDescription plain) {
    ReaderSpec reader = plain == null ? null : plain.reader();
    return reader == null ? null : reader.task();
  }

  private static String wanted(Task task) {
    return switch (task) {
      case SEGMENTATION -> "marks structures";
      case CLASSIFICATION -> "finds findings";
    };
  }

  private static String refusal(Task task) {
    return switch (task) {
      case SEGMENTATION -> "marks no structures";
      case CLASSIFICATION -> "finds no findings";
    };
  }

  private static String advice(Task task) {
    String recipe =
        switch (task) {
          case SEGMENTATION -> "segmenter";
          case CLASSIFICATION -> "classifier";
        };
    return "a trained %s among the models that are served; docs/readers.md says how to train one, and which other models can be one"
        .formatted(recipe);
  }
}
