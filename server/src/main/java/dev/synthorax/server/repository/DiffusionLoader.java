package dev.synthorax.server.repository;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.server.pipeline.PipelineLoader;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Loads diffusion pipelines in the diffusers layout. */
public final class DiffusionLoader implements ModelLoader {
  private final Function<Request, PipelineLoader> loader;

  /** Of real pipelines. */
  public DiffusionLoader() {
    this(
        request ->
            new PipelineLoader(
                request.resources().backend(),
                request.resources().devices(),
                request.resources().threads(),
                request.resources().cache(),
                request.resources().responseBytes(),
                request.progress()));
  }

  /**
   * The same by another loader.
   *
   * @param loader made anew for each load
   */
  public DiffusionLoader(Function<Request, PipelineLoader> loader) {
    this.loader = loader;
  }

  @Override
  public String kind() {
    return "a diffusion pipeline";
  }

  @Override
  public @Nullable String lacks(Path folder) {
    return DiffusersFolder.of(folder).isPipeline() ? null : "no model_index.json and no unet";
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the model adopts the pipeline
  public ServedModel load(Request request) {
    return new ServedModel.Diffusion(
        loader.apply(request).load(request.name(), request.folder(), request.broken()));
  }
}
