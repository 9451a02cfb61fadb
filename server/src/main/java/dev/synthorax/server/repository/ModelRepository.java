package dev.synthorax.server.repository;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.PipelineLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this server by name.
 *
 * <p><b>Ownership:</b> owns the pipelines that it loaded.
 *
 * <p><b>Threading:</b> any thread; {@link #load} once, on a thread that may take its time.
 */
public final class ModelRepository implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(ModelRepository.class);

  @GuardedBy("this")
  private final SortedMap<String, Model> models = new TreeMap<>();

  @GuardedBy("this")
  private boolean closed;

  private record Model(ModelStatus status, Path folder, @Nullable DiffusionPipeline pipeline) {}

  /**
   * A repository whose models wait to be loaded.
   *
   * @param folders by model name; see {@link ModelFolders#scan}
   */
  public ModelRepository(SortedMap<String, Path> folders) {
    folders.forEach(
        (name, folder) ->
            models.put(
                name,
                new Model(
                    new ModelStatus(name, ModelState.LOADING, "It is being loaded.", null),
                    folder,
                    null)));
  }

  /**
   * Loads every model in order of name, each reported as it ends; one that fails does not stop the
   * others.
   */
  @SuppressWarnings("MustBeClosed") // pipelines are closed in close()
  public void load(PipelineLoader loader) {
    for (Model model : snapshot()) {
      String name = model.status.name();
      try {
        long startNanos = System.nanoTime();
        DiffusionPipeline pipeline =
            loader.load(name, model.folder, failure -> broke(name, failure));
        adopt(new Model(ready(name, pipeline), model.folder, pipeline));
        logger
            .atInfo()
            .addKeyValue("model", name)
            .addKeyValue("version", pipeline.description().version())
            .addKeyValue("rowCounts", pipeline.description().rowCounts())
            .addKeyValue("millis", (System.nanoTime() - startNanos) / 1_000_000)
            .log("Model is ready");
        pipeline
            .description()
            .warnings()
            .forEach(warning -> logger.atWarn().addKeyValue("model", name).log(warning));
      } catch (InferenceException e) {
        String reason = String.valueOf(e.getMessage());
        logger
            .atWarn()
            .addKeyValue("model", name)
            .addKeyValue("reason", reason)
            .log("Model did not load; requests to it are refused");
        adopt(
            new Model(new ModelStatus(name, ModelState.FAILED, reason, null), model.folder, null));
      }
    }
  }

  private static ModelStatus ready(String name, DiffusionPipeline pipeline) {
    return new ModelStatus(name, ModelState.READY, "", pipeline.description());
  }

  /** A pipeline of ours makes no more images; what it holds is freed at the end. */
  private synchronized void broke(String name, InferenceException failure) {
    Model model = models.get(name);
    if (model != null && model.status.state() == ModelState.READY) {
      String reason = String.valueOf(failure.getMessage());
      var status = new ModelStatus(name, ModelState.FAILED, reason, null);
      models.put(name, new Model(status, model.folder, model.pipeline));
    }
  }

  private void adopt(Model model) {
    synchronized (this) {
      if (!closed) {
        models.put(model.status.name(), model);
        return;
      }
    }
    if (model.pipeline != null) {
      model.pipeline.close(); // the server ended while this was loading
    }
  }

  private synchronized List<Model> snapshot() {
    return List.copyOf(models.values());
  }

  /** Every model, ordered by name. */
  public List<ModelStatus> list() {
    return snapshot().stream().map(Model::status).toList();
  }

  /**
   * One model.
   *
   * @param name empty: the default pipeline, the first by name that is ready, or else the first
   * @param version empty: whatever is there
   * @throws ServerException {@code MODEL_NOT_FOUND} if there is none of that name or version
   */
  public ModelStatus describe(String name, String version) {
    return find(name, version).status;
  }

  /**
   * A pipeline that takes requests; arguments as in {@link #describe}.
   *
   * @throws ServerException {@code MODEL_NOT_FOUND}, {@code MODEL_LOADING} or {@code MODEL_FAILED}
   */
  public DiffusionPipeline pipeline(String name, String version) {
    Model model = find(name, version);
    DiffusionPipeline pipeline = model.pipeline;
    if (pipeline != null && model.status.state() == ModelState.READY) {
      return pipeline;
    }
    String modelName = model.status.name();
    throw switch (model.status.state()) {
      case LOADING ->
          new ServerException(
              ServerReason.MODEL_LOADING,
              "model " + modelName + ": it is being loaded (try again in a moment)",
              modelName);
      case READY, FAILED, UNLOADED ->
          new ServerException(
              ServerReason.MODEL_FAILED,
              "model " + modelName + ": it cannot be used: " + model.status.reason(),
              modelName);
    };
  }

  private Model find(String name, String version) {
    var all = snapshot();
    Model found =
        all.stream()
            .filter(
                model ->
                    name.isEmpty()
                        ? model.status.state() == ModelState.READY
                        : model.status.name().equals(name))
            .findFirst()
            .orElse(name.isEmpty() && !all.isEmpty() ? all.getFirst() : null);
    if (found == null) {
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND,
          "model: " + name + " (expected: one of " + names(all) + ")",
          name);
    }
    String has = found.status.version();
    if (!version.isEmpty() && !has.isEmpty() && !has.equals(version)) {
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND,
          "model " + found.status.name() + ": no version " + version + " (expected: " + has + ")",
          found.status.name());
    }
    return found;
  }

  private static String names(List<Model> all) {
    return String.join(", ", all.stream().map(model -> model.status.name()).toList());
  }

  /** Images let in and not finished, over all models. */
  public int unfinishedImages() {
    int unfinished = 0;
    for (Model model : snapshot()) {
      unfinished += model.pipeline == null ? 0 : model.pipeline.unfinishedImages();
    }
    return unfinished;
  }

  /** Closes every pipeline; requests that run are not told. */
  @Override
  public void close() {
    var open = new ArrayList<DiffusionPipeline>();
    synchronized (this) {
      closed = true;
      for (Model model : snapshot()) {
        if (model.pipeline != null) {
          open.add(model.pipeline);
        }
        String name = model.status.name();
        models.put(
            name,
            new Model(
                new ModelStatus(name, ModelState.UNLOADED, "The server is shutting down.", null),
                model.folder,
                null));
      }
    }
    open.forEach(DiffusionPipeline::close);
  }
}
