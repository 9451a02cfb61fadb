package dev.synthorax.server.telemetry;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.plain.PlainModel;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.repository.ServedModel;
import dev.synthorax.server.scheduler.WorkStatistics;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each model that serves did so far.
 *
 * @param plain by model and version
 * @param pipelines by model and version
 */
record ModelsAtWork(Map<Labels, PlainStatistics> plain, Map<Labels, WorkStatistics> pipelines) {

  /** Of a repository, now. */
  static ModelsAtWork of(ModelRepository models) {
    var seen = new ModelsAtWork(new LinkedHashMap<>(), new LinkedHashMap<>());
    models.list().stream()
        .filter(model -> model.state() == ModelState.READY)
        .map(ModelStatus::name)
        .distinct()
        .forEach(name -> seen.look(models, name));
    return seen;
  }

  /** What names a version of a model on the page. */
  static Labels labels(String name, String version) {
    return Labels.of("model", name).and("version", version);
  }

  private void look(ModelRepository models, String name) {
    try (var lease = models.acquire(name, "")) {
      switch (lease.model()) {
        case ServedModel.Plain several -> {
          for (PlainModel version : several.versions()) {
            String number = Long.toString(version.description().version());
            plain.put(labels(name, number), version.statistics());
          }
        }
        case ServedModel.Diffusion diffusion ->
            pipelines.put(labels(name, diffusion.version()), diffusion.pipeline().statistics());
      }
    } catch (ServerException e) {
      // it left since it was listed
    }
  }
}
