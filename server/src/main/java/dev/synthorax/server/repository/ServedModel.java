package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.PipelineDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model of one of the kinds that are served.
 *
 * <p><b>Ownership:</b> the repository closes it when its last lease has ended.
 */
public sealed interface ServedModel extends AutoCloseable {
  /** Names the weights and configuration. */
  String version();

  /** What is run otherwise than the folder says, one sentence each. */
  List<String> warnings();

  /** What it takes, where it is a pipeline. */
  @Nullable PipelineDescription pipelineDescription();

  /** Images let in and not finished. */
  int unfinishedImages();

  /** Fails what still waits, then frees everything; not from a thread of the model itself. */
  @Override
  void close();

  /**
   * Makes images.
   *
   * @param pipeline takes requests until this is closed
   */
  record Diffusion(DiffusionPipeline pipeline) implements ServedModel {
    public Diffusion {
      requireNonNull(pipeline, "pipeline");
    }

    @Override
    public String version() {
      return pipeline.description().version();
    }

    @Override
    public List<String> warnings() {
      return pipeline.description().warnings();
    }

    @Override
    public PipelineDescription pipelineDescription() {
      return pipeline.description();
    }

    @Override
    public int unfinishedImages() {
      return pipeline.unfinishedImages();
    }

    @Override
    public void close() {
      pipeline.close();
    }
  }
}
