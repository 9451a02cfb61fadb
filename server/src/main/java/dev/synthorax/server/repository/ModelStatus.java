package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.pipeline.PipelineDescription;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.text.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * A version of a model as it stands; while none is ready, the model.
 *
 * @param name of its folder
 * @param state what became of it
 * @param reason why it is not ready, one sentence; empty where it is
 * @param pipeline what it takes, if it is a pipeline; null until it is ready
 * @param plain what it takes, if it is a plain model; null until it is ready
 */
public record ModelStatus(
    String name,
    ModelState state,
    String reason,
    @Nullable PipelineDescription pipeline,
    @Nullable PlainDescription plain) {
  public ModelStatus {
    requireNonNull(name, "name");
    requireNonNull(state, "state");
    reason = PlainText.line(reason); // it quotes files of strangers
  }

  /** One that is not ready. */
  static ModelStatus notReady(String name, ModelState state, String reason) {
    return new ModelStatus(name, state, reason, null, null);
  }

  /** A pipeline that takes requests. */
  static ModelStatus ready(String name, PipelineDescription pipeline) {
    return new ModelStatus(name, ModelState.READY, "", pipeline, null);
  }

  /** A version of a plain model that takes requests. */
  static ModelStatus ready(String name, PlainDescription plain) {
    return new ModelStatus(name, ModelState.READY, "", null, plain);
  }

  /**
   * Names the weights and configuration; of a plain model the number of its folder. Empty until it
   * is ready.
   */
  public String version() {
    if (plain != null) {
      return Long.toString(plain.version());
    }
    return pipeline == null ? "" : pipeline.version();
  }
}
