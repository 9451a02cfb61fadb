package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.repository.ModelEntry.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this server by name. Each has one version that takes requests; while another is
 * loaded it goes on, and it is closed when its last lease has ended.
 *
 * <p><b>Ownership:</b> owns every model that it loaded, and lends them.
 *
 * <p><b>Threading:</b> any thread; loads and unloads run one after another on a thread of their
 * own, models are closed on a second. Listeners run on the thread that made the change.
 */
public final class ModelRepository implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(ModelRepository.class);

  private final ModelFolders folders;
  private final ModelCatalog catalog;
  private final WorkThread loading = new WorkThread("models-load");
  private final WorkThread closing = new WorkThread("models-close");
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile ModelLoader.@Nullable Resources resources;

  /**
   * A repository whose models wait to be loaded.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line, if there is no model; see
   *     {@link ModelFolders}
   */
  public ModelRepository(ModelFolders folders) {
    this.folders = folders;
    // on a thread of ours: who ends the last lease may be a thread of the model
    this.catalog =
        new ModelCatalog(folders.scan().keySet(), model -> closing.execute(() -> closeOnce(model)));
  }

  /**
   * Loads every model in order of name and returns when each is ready or has failed; one that fails
   * does not stop the others.
   *
   * @param machine what they run on, now and later
   */
  public void start(ModelLoader.Resources machine) {
    resources = requireNonNull(machine, "machine");
    for (var loaded : list().stream().map(status -> load(status.name())).toList()) {
      try {
        loaded.join();
      } catch (CompletionException e) {
        logger.debug("A model failed; its status says why", e);
      }
    }
  }

  /**
   * Loads a model from its folder as it is now, one that was not there at the start included. The
   * version that serves meanwhile goes on and is retired once the new one is ready; if that fails,
   * it stays.
   *
   * @return the status once it is ready; else fails with a {@link ServerException} {@code
   *     MODEL_NOT_FOUND} or an {@link InferenceException}, mostly {@code MODEL_FAILED}
   */
  public CompletableFuture<ModelStatus> load(String name) {
    return loading.submit(() -> loadNow(name));
  }

  /**
   * Takes a model out of use, after what was asked for before; it is closed when its last lease has
   * ended.
   *
   * @return the status; else fails with a {@link ServerException} {@code MODEL_NOT_FOUND}
   */
  public CompletableFuture<ModelStatus> unload(String name) {
    return loading.submit(
        () -> {
          ModelStatus status = catalog.unload(name);
          logger.atInfo().addKeyValue("model", name).log("Model was unloaded");
          changed();
          return status;
        });
  }

  /** Runs after every change of a status, whatever it was. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void changed() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) { // what others do with the news is no failure of a model
        logger.error("A listener of the models failed", e);
      }
    }
  }

  @SuppressWarnings("MustBeClosed") // the catalog has it closed
  private ModelStatus loadNow(String name) {
    ModelLoader.Resources machine = resources;
    if (machine == null) {
      throw new IllegalStateException("ModelRepository is not started");
    }
    ModelFolders.Found found = folders.scan().get(name);
    if (found == null) {
      throw catalog.notFound(name);
    }
    catalog.loading(name);
    changed();
    long startNanos = System.nanoTime();
    var version = new Version();
    ServedModel model = load(name, found, machine, version);
    ModelStatus status = catalog.serve(name, version, model);
    if (status == null) {
      model.close(); // nobody had it
      throw new ServerException(ServerReason.DRAINING, "the server is shutting down", name);
    }
    changed();
    if (status.state() != ModelState.READY) {
      throw new InferenceException(ErrorReason.MODEL_FAILED, status.reason());
    }
    logger
        .atInfo()
        .addKeyValue("model", name)
        .addKeyValue("version", model.version())
        .addKeyValue("rowCounts", rowCounts(model))
        .addKeyValue("millis", (System.nanoTime() - startNanos) / 1_000_000)
        .log("Model is ready");
    model.warnings().forEach(warning -> logger.atWarn().addKeyValue("model", name).log(warning));
    return status;
  }

  @MustBeClosed
  private ServedModel load(
      String name, ModelFolders.Found found, ModelLoader.Resources machine, Version version) {
    try {
      return found
          .loader()
          .load(
              new ModelLoader.Request(
                  name,
                  found.folder(),
                  machine,
                  failure -> broke(name, version, failure),
                  sentence -> progressed(name, sentence)));
    } catch (Throwable e) { // the top of one model's load: an Error fails this model alone
      InferenceException failure = LoadFailures.of(e);
      String reason = String.valueOf(failure.getMessage());
      boolean serves = catalog.failed(name, reason);
      logger
          .atWarn()
          .addKeyValue("model", name)
          .addKeyValue("reason", reason)
          .log(
              serves
                  ? "Model did not load; the version before goes on"
                  : "Model did not load; requests to it are refused");
      changed();
      throw failure;
    }
  }

  private void progressed(String name, String sentence) {
    if (catalog.progressed(name, sentence)) {
      changed();
    }
  }

  private static List<Integer> rowCounts(ServedModel model) {
    return switch (model) {
      case ServedModel.Diffusion diffusion -> diffusion.pipeline().description().rowCounts();
      case ServedModel.Plain plain -> List.of(plain.model("").description().maxBatchSize());
    };
  }

  /** A model says that it can serve no more, on a thread of its own. */
  private void broke(String name, Version version, InferenceException failure) {
    String reason = String.valueOf(failure.getMessage());
    if (catalog.broke(name, version, reason)) {
      logger
          .atError()
          .addKeyValue("model", name)
          .addKeyValue("reason", reason)
          .log("Model failed; requests to it are refused until it is loaded again");
      changed();
    }
  }

  /** Every model, ordered by name. */
  public List<ModelStatus> list() {
    return catalog.list();
  }

  /**
   * One model.
   *
   * @param name empty: the default pipeline, the first by name that is ready, or else the first
   * @param version empty: the newest
   * @throws ServerException {@code MODEL_NOT_FOUND} if there is none of that name or version
   */
  public ModelStatus describe(String name, String version) {
    return catalog.describe(name, version);
  }

  /**
   * The folder of a model's name, whether it is one that is served or not.
   *
   * @return null if there is none
   */
  public @Nullable Path folder(String name) {
    return folders.locate(name);
  }

  /**
   * Whether the folder of that name, as it is now, is one of the kinds that are served.
   *
   * @throws InferenceException as the constructor
   */
  public boolean isServable(String name) {
    return folders.scan().containsKey(name);
  }

  /**
   * The right to use a model that takes requests; arguments as in {@link #describe}.
   *
   * @return the caller closes it when its requests are done
   * @throws ServerException {@code MODEL_NOT_FOUND}, {@code MODEL_LOADING} or {@code MODEL_FAILED}
   */
  @MustBeClosed
  public Lease<ServedModel> acquire(String name, String version) {
    return catalog.acquire(name, version);
  }

  /** Images let in and not finished, over all models that are open. */
  public int unfinishedImages() {
    return catalog.unfinishedImages();
  }

  private void closeOnce(ServedModel model) {
    if (catalog.remove(model)) {
      model.close();
    }
  }

  /** Closes every model; requests that run are failed. A load under way ends by itself. */
  @Override
  public void close() {
    List<ServedModel> open = catalog.close();
    changed();
    loading.end();
    open.forEach(this::closeOnce);
    closing.end();
    closing.await();
  }
}
