package dev.synthorax.server.training;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.server.config.TrainingConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.training.Recipes;
import dev.synthorax.training.stage.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What can be said of a job before it runs.
 *
 * <p><b>Threading:</b> one thread.
 */
final class JobChecks {
  private static final int MAX_DATASETS = 64;

  private final DatasetStore datasets;
  private final TrainedModels models;
  private final TrainingConfig config;

  JobChecks(DatasetStore datasets, TrainedModels models, TrainingConfig config) {
    this.datasets = datasets;
    this.models = models;
    this.config = config;
  }

  /**
   * Checks that a job's model is no other job's, and that its name may be used.
   *
   * @throws ServerException {@code TRAINING_CONFLICT}
   */
  void requireFree(TrainingSpec spec, List<TrainingJob> jobs) {
    String model = at("model", () -> Names.require(spec.model()));
    models.requireOurs(model);
    for (TrainingJob job : jobs) {
      if (!job.state().ended() && job.spec().model().equals(model)) {
        throw conflict(
            job.name(),
            "it is making model %s already (expected: one job a model; wait for it, cancel it, or take another name)"
                .formatted(model));
      }
    }
  }

  private interface Read<T> {
    T get();
  }

  private static <T> T at(String field, Read<T> read) {
    try {
      return read.get();
    } catch (InferenceException e) {
      throw new InferenceException(e.reason(), field + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks everything else, datasets last, and writes the settings that the trainer goes by.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if the recipe does not take it
   * @throws ServerException {@code MODEL_NOT_FOUND}, {@code DATASET_NOT_FOUND} or {@code
   *     DATASET_CONFLICT}
   */
  void layOut(TrainingSpec spec, JobFolder folder) {
    clear(folder.root()); // of a job that was never recorded
    try {
      Recipes.roles(spec.recipe()).check(spec.recipe(), models(spec));
      Recipes.layOut(spec.recipe(), folder.work(), spec.settings());
      Trainer.Order _ = order(spec, folder);
    } catch (IllegalArgumentException e) {
      clear(folder.root());
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      clear(folder.root());
      throw DiskFailure.of(e);
    } catch (RuntimeException e) {
      clear(folder.root());
      throw e;
    }
  }

  /** Removes a folder of a job. */
  void clear(Path folder) {
    try {
      AtomicFiles.delete(folder);
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
  }

  private Map<String, Path> models(TrainingSpec spec) {
    var folders = new TreeMap<String, Path>();
    spec.models().forEach((role, name) -> folders.put(role, models.folder(name)));
    return folders;
  }

  /**
   * What the trainer is told.
   *
   * @throws ServerException {@code DATASET_NOT_FOUND}, {@code DATASET_CONFLICT} or {@code
   *     MODEL_NOT_FOUND} if something it names is not to be had
   */
  Trainer.Order order(TrainingSpec spec, JobFolder folder) {
    if (spec.datasets().isEmpty() || spec.datasets().size() > MAX_DATASETS) {
      throw invalid(
          "datasets: %d (expected: 1 to %d)".formatted(spec.datasets().size(), MAX_DATASETS));
    }
    Set<String> names = new HashSet<>();
    List<SampleSource> sources = new ArrayList<>();
    Dataset first = null;
    for (TrainingSpec.Share share : spec.datasets()) {
      Dataset dataset = datasets.get(share.dataset());
      if (!dataset.whole()) {
        throw Datasets.notWhole(dataset);
      }
      if (!names.add(dataset.name())) {
        throw invalid("datasets: %s twice (expected: once)".formatted(dataset.name()));
      }
      first = first == null ? dataset : first;
      requireOneSize(first, dataset);
      sources.add(new SampleSource(datasets.folder(dataset.name()), share.weight()));
    }
    return new Trainer.Order(
        spec.recipe(),
        sources,
        models(spec),
        folder,
        spec.threads() == 0 ? config.threads() : spec.threads());
  }

  private static void requireOneSize(Dataset first, Dataset other) {
    if (first.shape().width() != other.shape().width()
        || first.shape().height() != other.shape().height()) {
      throw invalid(
          "datasets: %s is %d x %d, %s is %d x %d (expected: one size)"
              .formatted(
                  first.name(),
                  first.shape().width(),
                  first.shape().height(),
                  other.name(),
                  other.shape().width(),
                  other.shape().height()));
    }
  }

  /**
   * Checks that no job that has not ended learns from a dataset.
   *
   * @throws ServerException {@code DATASET_CONFLICT}
   */
  void requireUnused(String dataset, List<TrainingJob> jobs) {
    for (TrainingJob job : jobs) {
      if (!job.state().ended()
          && job.spec().datasets().stream().anyMatch(s -> s.dataset().equals(dataset))) {
        throw DatasetStore.conflict(
            dataset,
            "job %s learns from it (expected: a dataset that is not in use)".formatted(job.name()));
      }
    }
  }

  /** A failure of a job. */
  ServerException conflict(String job, String what) {
    return new ServerException(
        ServerReason.TRAINING_CONFLICT, "training %s: %s".formatted(job, what), job);
  }

  private static InferenceException invalid(String message) {
    return new InferenceException(ErrorReason.INVALID_ARGUMENT, message);
  }
}
