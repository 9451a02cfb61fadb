package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.pipeline.PipelineDescription;
import dev.synthorax.server.text.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * A model as it stands.
 *
 * @param name of its folder
 * @param state what became of it
 * @param reason why it is not ready, one sentence; empty where it is
 * @param pipeline what it takes; null until it is ready
 */
public record ModelStatus(
    String name, ModelState state, String reason, @Nullable PipelineDescription pipeline) {
  public ModelStatus {
    requireNonNull(name, "name");
    requireNonNull(state, "state");
    reason = PlainText.line(reason); // it quotes files of strangers
  }

  /** Names the weights and configuration; empty until it is ready. */
  public String version() {
    return pipeline == null ? "" : pipeline.version();
  }
}
