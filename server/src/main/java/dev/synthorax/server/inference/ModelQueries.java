package dev.synthorax.server.inference;

import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelMetadataResponse;
import dev.synthorax.proto.inference.ModelStatistics;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.repository.LeasedModel;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is asked of models beside running them.
 *
 * @param source of models
 * @param list of all of them, ordered by name
 */
record ModelQueries(LeasedModel.Source source, Supplier<List<ModelStatus>> list) {

  /** Whether a version takes requests; one that there is not does not. */
  boolean ready(String name, String version) {
    ModelNames.require("name", name, "version", version);
    return list.get().stream()
        .anyMatch(
            model ->
                model.state() == ModelState.READY
                    && model.name().equals(name)
                    && (version.isEmpty() || model.version().equals(version)));
  }

  private <R> R ask(String name, String version, Function<LeasedModel, R> question) {
    ModelNames.require("name", name, "version", version);
    LeasedModel model = source.acquire(name, version);
    try {
      return question.apply(model);
    } finally {
      model.release().run();
    }
  }

  ModelMetadataResponse metadata(String name, String version) {
    return ask(
        name,
        version,
        model ->
            ModelMessages.metadata(
                model.description(),
                ready(other -> other.name().equals(name)).map(ModelStatus::version).toList()));
  }

  ModelConfig config(String name, String version) {
    return ask(name, version, model -> model.description().config());
  }

  /**
   * What versions of plain models did.
   *
   * @param name empty: all models
   * @param version empty: all versions
   */
  List<ModelStatistics> statistics(String name, String version) {
    if (!name.isEmpty() && !version.isEmpty()) {
      return List.of(ask(name, version, ModelQueries::done));
    }
    if (!name.isEmpty()) {
      var _ = ask(name, version, LeasedModel::description); // or else it is unknown
    }
    return ready(model -> model.plain() != null && (name.isEmpty() || model.name().equals(name)))
        .map(model -> ask(model.name(), model.version(), ModelQueries::done))
        .toList();
  }

  private static ModelStatistics done(LeasedModel model) {
    return ModelMessages.statistics(model.description(), model.statistics().get());
  }

  private Stream<ModelStatus> ready(Predicate<ModelStatus> which) {
    return list.get().stream().filter(model -> model.state() == ModelState.READY).filter(which);
  }

  /**
   * Checks that there is a model.
   *
   * @param name empty: none is meant
   * @throws ServerException {@code MODEL_NOT_FOUND} if not
   */
  void requireKnown(String name) {
    ModelNames.requireLength("model_name", name);
    if (!name.isEmpty() && list.get().stream().noneMatch(model -> model.name().equals(name))) {
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND, "model: " + name + " (expected: one that is there)", name);
    }
  }
}
