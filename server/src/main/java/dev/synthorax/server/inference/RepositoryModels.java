package dev.synthorax.server.inference;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.plain.PlainModel;
import dev.synthorax.server.repository.Lease;
import dev.synthorax.server.repository.LeasedModel;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ServedModel;

/**
 * The plain models of a repository.
 *
 * @param models borrowed
 */
record RepositoryModels(ModelRepository models) implements LeasedModel.Source {

  @Override
  public LeasedModel acquire(String name, String version) {
    @SuppressWarnings("MustBeClosed") // the leased model has it
    Lease<ServedModel> lease = models.acquire(name, version);
    try {
      PlainModel model = plain(lease.model(), name, version);
      return new LeasedModel(
          model.description(), model::infer, model::statistics, model::nanoTime, lease::close);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private static PlainModel plain(ServedModel model, String name, String version) {
    return switch (model) {
      case ServedModel.Plain plain -> plain.model(version);
      case ServedModel.Diffusion _ ->
          throw new InferenceException(
              ErrorReason.INVALID_ARGUMENT,
              "model '%s': a diffusion pipeline, which takes no tensors (expected: a plain model; for"
                      .formatted(name)
                  + " images call synthorax.v1.GenerationService/Generate)");
    };
  }
}
