package dev.synthorax.server.scheduler;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one denoising step of several rows together.
 *
 * <p><b>Threading:</b> one thread, the step loop's.
 */
public interface Denoiser {
  /** Elements of one image's latents. */
  int latentElements();

  /** Most rows that {@link #predict} takes. */
  int maxRows();

  /** The row count that {@code rows} rows run at: the least declared one that holds them. */
  int paddedRows(int rows);

  /** The same for the rows that carry a mask; 0 for none. */
  int paddedControlRows(int controlRows);

  /**
   * Predicts the network's output for each row.
   *
   * @param rows 1 to {@link #maxRows()} rows
   * @return native-order float32; row {@code i} starts at element {@code i * latentElements()};
   *     valid until the next call
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  MemorySegment predict(List<Row> rows);

  /** One row of a batch; its arrays are borrowed for the call. */
  final class Row {
    private final float[] latents;
    private final float inputScale;
    private final float timestep;
    private final float @Nullable [] text;
    private final float @Nullable [] mask;

    /**
     * A row.
     *
     * @param latents current latents, {@link #latentElements()} of them
     * @param inputScale the network sees {@code inputScale * latents}
     * @param timestep what the network is told
     * @param text text embedding; null: the zero embedding
     * @param mask mask channels in 0..1; null: no mask, so zero residuals
     */
    public Row(
        float[] latents,
        float inputScale,
        float timestep,
        float @Nullable [] text,
        float @Nullable [] mask) {
      this.latents = latents;
      this.inputScale = inputScale;
      this.timestep = timestep;
      this.text = text;
      this.mask = mask;
    }

    /** Current latents. */
    public float[] latents() {
      return latents;
    }

    /** The network sees {@code inputScale * latents}. */
    public float inputScale() {
      return inputScale;
    }

    /** What the network is told. */
    public float timestep() {
      return timestep;
    }

    /** Text embedding; null: the zero embedding. */
    public float @Nullable [] text() {
      return text;
    }

    /** Mask channels; null: no mask. */
    public float @Nullable [] mask() {
      return mask;
    }
  }
}
