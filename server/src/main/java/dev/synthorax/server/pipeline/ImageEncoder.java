package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Latents of images, by the autoencoder's other half. It is opened when the first image comes: most
 * servers never see one. Always two rows with the same image, so that latents never depend on
 * company.
 *
 * <p><b>Ownership:</b> owns its plan and context; borrows its lane. <b>Threading:</b> one thread,
 * the encoder stage's; {@link #close} when nothing is to come.
 */
final class ImageEncoder implements AutoCloseable {
  /** Rows of the encoder's only batch. */
  static final int ROWS = 2;

  private final DeviceLane lane;
  private final Supplier<Plan> plans;
  private final double scalingFactor;
  private @Nullable Plan plan;
  private @Nullable ExecutionContext context;

  /**
   * An encoder that is not open yet.
   *
   * @param plans opens the graph's plan at {@link #ROWS} rows
   * @param scalingFactor of the latents, over the mean that the graph gives
   */
  ImageEncoder(DeviceLane lane, Supplier<Plan> plans, double scalingFactor) {
    this.lane = lane;
    this.plans = plans;
    this.scalingFactor = scalingFactor;
  }

  /**
   * The mean of the Gaussian that an image stands for, scaled as the denoiser knows latents. The
   * mean, not a draw: a start is the same for all images of a request.
   *
   * @param pixels grey, -1..1; shown on every channel
   * @return latents of one image
   * @throws dev.synthorax.engine.InferenceException {@code OUT_OF_MEMORY} or {@code MODEL_FAILED}
   *     if it cannot be opened, {@code BACKEND_FAILURE}
   */
  float[] encode(float[] pixels) {
    ExecutionContext opened = opened();
    DataType in = opened.inputs().getFirst().dataType();
    lane.write(opened.buffer("sample"), memory -> repeat(pixels, in, memory));
    opened.enqueue(lane.stream());
    DeviceBuffer output = opened.buffer("latent_parameters");
    MemorySegment means = lane.read(output.slice(0, output.byteSize() / ROWS / 2));
    DataType out = opened.outputs().getFirst().dataType();
    float[] latents = new float[Math.toIntExact(means.byteSize() / out.bytes())];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) (scalingFactor * out.getFloat(means, i));
    }
    return latents;
  }

  /** On every channel of every row. */
  private static void repeat(float[] pixels, DataType type, MemorySegment memory) {
    long all = memory.byteSize() / type.bytes();
    for (long first = 0; first < all; first += pixels.length) {
      type.setFloats(memory, first, pixels, pixels.length);
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private ExecutionContext opened() {
    ExecutionContext known = context;
    if (known != null) {
      return known;
    }
    Plan opened = plan == null ? plans.get() : plan;
    plan = opened;
    ExecutionContext fresh = opened.openContext(ROWS);
    context = fresh;
    return fresh;
  }

  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
    if (plan != null) {
      plan.close();
      plan = null;
    }
  }
}
