package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.server.config.DeviceChoice;
import dev.synthorax.server.plain.ResponseCache;
import dev.synthorax.server.scheduler.ByteBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads one kind of model folder. A new kind is a class of this, a line in {@link #all} and a
 * record in {@link ServedModel}.
 *
 * <p><b>Threading:</b> {@link #load} on the repository's loading thread, {@link #lacks} on any.
 */
public interface ModelLoader {
  /** Every loader, in the order in which they are asked; the first that claims a folder has it. */
  static List<ModelLoader> all() {
    return List.of(new DiffusionLoader(), new OnnxLoader());
  }

  /** What it loads, as {@code a diffusion pipeline}. */
  String kind();

  /**
   * Whether a folder is one of these, by what lies in it alone.
   *
   * @return null if it is; otherwise what it lacks, as {@code no model_index.json}
   */
  @Nullable String lacks(Path folder);

  /**
   * Loads a folder that was claimed.
   *
   * @return the caller closes it
   * @throws InferenceException {@code MODEL_FAILED} in one line, files named relative to the folder
   */
  @MustBeClosed
  ServedModel load(Request request);

  /**
   * What models run on.
   *
   * @param backend borrowed; closed after every model
   * @param devices of the backend; each model has a copy on each; at least one
   * @param threads that work on one operator
   * @param cache folder for exported graphs; made where it is missing
   * @param responseBytes what all models together may hold of answers that are not sent
   * @param answers of plain models that are kept
   */
  record Resources(
      Backend backend,
      List<Device> devices,
      int threads,
      Path cache,
      ByteBudget responseBytes,
      ResponseCache answers) {
    /** Checks and copies. */
    public Resources {
      requireNonNull(backend, "backend");
      devices = List.copyOf(devices);
      requireNonNull(cache, "cache");
      requireNonNull(responseBytes, "responseBytes");
      requireNonNull(answers, "answers");
    }

    /** All devices of the backend; no answers are kept. */
    public Resources(Backend backend, int threads, Path cache, ByteBudget responseBytes) {
      this(
          backend,
          DeviceChoice.ALL.of(backend.devices()),
          threads,
          cache,
          responseBytes,
          new ResponseCache(0));
    }
  }

  /**
   * What to load.
   *
   * @param name of the model
   * @param folder of the model
   * @param resources what it runs on
   * @param broken told once, from any thread, if the model can serve no more
   * @param progress told, from any thread, what takes long
   */
  record Request(
      String name,
      Path folder,
      Resources resources,
      Consumer<InferenceException> broken,
      PlanProgress progress) {
    public Request {
      requireNonNull(name, "name");
      requireNonNull(folder, "folder");
      requireNonNull(resources, "resources");
      requireNonNull(broken, "broken");
      requireNonNull(progress, "progress");
    }
  }
}
