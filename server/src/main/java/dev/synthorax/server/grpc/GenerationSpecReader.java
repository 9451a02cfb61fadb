package dev.synthorax.server.grpc;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.config.GenerationDefaults;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.GenerationSettings;
import dev.synthorax.server.pipeline.PipelineDescription;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Checks every field of a {@code GenerationSpec} and fills in what it leaves to the server. */
final class GenerationSpecReader {
  private static final int MAX_PROMPT_BYTES = 4096;
  static final int MAX_NAME_BYTES = 128;
  private static final int MAX_STEPS = 1000;
  private static final float MAX_GUIDANCE = 30;
  private static final int MAX_COUNT = 256;

  /** Nobody draws this from the standard normal: the odds are 1 to 10^23. */
  private static final float MAX_LATENT = 10;

  /** Seeds that the server draws stay below this, short enough to be typed. */
  private static final long SEED_BOUND = 1L << 32;

  private static final LongSupplier RANDOM_SEED =
      new SecureRandom().longs(0, SEED_BOUND).iterator()::nextLong;

  private final GenerationSpec spec;
  private final DiffusionPipeline target;
  private final PipelineDescription pipeline;

  private GenerationSpecReader(GenerationSpec spec, DiffusionPipeline target) {
    this.spec = spec;
    this.target = target;
    this.pipeline = target.description();
  }

  /** Checks what names the model, before it is looked up. */
  static void requireNames(GenerationSpec spec) {
    FieldException.requireBytes("model", spec.getModel(), MAX_NAME_BYTES);
    FieldException.requireBytes("model_version", spec.getModelVersion(), MAX_NAME_BYTES);
    FieldException.requireBytes("request_id", spec.getRequestId(), MAX_NAME_BYTES);
  }

  /**
   * Reads.
   *
   * @param deadlineNanos on the pipeline's clock; null: none
   * @throws FieldException naming the field that cannot be taken
   */
  static GenerationDraft read(
      GenerationSpec spec, DiffusionPipeline pipeline, @Nullable Long deadlineNanos) {
    return new GenerationSpecReader(spec, pipeline).read(deadlineNanos);
  }

  private GenerationDraft read(@Nullable Long deadlineNanos) {
    FieldException.requireBytes("prompt", spec.getPrompt(), MAX_PROMPT_BYTES);
    FieldException.requireBytes("negative_prompt", spec.getNegativePrompt(), MAX_PROMPT_BYTES);
    requireSize();
    GenerationDefaults defaults = pipeline.config().defaults();
    float guidance = spec.hasGuidanceScale() ? spec.getGuidanceScale() : defaults.guidanceScale();
    if (!(guidance >= 0 && guidance <= MAX_GUIDANCE)) {
      throw FieldException.invalid("guidance_scale", guidance + " (expected: 0 to 30, finite)");
    }
    if (!spec.getNegativePrompt().isEmpty() && guidance <= 1) {
      throw FieldException.invalid(
          "negative_prompt", "given without guidance (expected: guidance_scale above 1, or none)");
    }
    int steps =
        spec.hasNumInferenceSteps() ? spec.getNumInferenceSteps() : defaults.numInferenceSteps();
    requireRange("num_inference_steps", steps, MAX_STEPS);
    int count = spec.hasCount() ? spec.getCount() : 1;
    requireRange("count", count, Math.min(MAX_COUNT, pipeline.config().maxQueuedImages()));
    var settings =
        new GenerationSettings(
            steps,
            guidance,
            noiseScheduler(),
            spec.hasSeed() ? spec.getSeed() : randomSeed(),
            count,
            WireNames.priority(spec.getPriority()),
            WireNames.encoding(spec.getOutputFormat()),
            deadlineNanos);
    return new GenerationDraft(
        spec,
        settings,
        MaskDraft.read(spec, pipeline),
        StartImageDraft.read(spec, pipeline, steps),
        initialLatents(count));
  }

  private NoiseScheduler.Kind noiseScheduler() {
    var kind = WireNames.kind(spec.getNoiseScheduler(), pipeline.noiseSchedulers().getFirst());
    var _ = FieldException.at("noise_scheduler", () -> target.noiseScheduler(kind));
    return kind;
  }

  private static synchronized long randomSeed() {
    return RANDOM_SEED.getAsLong();
  }

  private void requireSize() {
    var size = pipeline.size();
    boolean wrongWidth = spec.hasWidth() && spec.getWidth() != size.width();
    boolean wrongHeight = spec.hasHeight() && spec.getHeight() != size.height();
    if (wrongWidth || wrongHeight) {
      throw new FieldException(
          wrongWidth ? "width" : "height",
          ErrorReason.SHAPE_MISMATCH,
          "size: "
              + (spec.hasWidth() ? spec.getWidth() : size.width())
              + "x"
              + (spec.hasHeight() ? spec.getHeight() : size.height())
              + " (expected: "
              + size
              + ")");
    }
  }

  private float @Nullable [] initialLatents(int count) {
    var bytes = spec.getInitialLatents();
    if (bytes.isEmpty()) {
      return null;
    }
    var shape = pipeline.latents();
    long expected = (long) count * shape.elements() * Float.BYTES;
    if (bytes.size() != expected) {
      throw FieldException.of(
          "initial_latents",
          ErrorReason.SHAPE_MISMATCH,
          "%d bytes (expected: %d, float32 [%d, %d, %d, %d])"
              .formatted(
                  bytes.size(), expected, count, shape.channels(), shape.height(), shape.width()));
    }
    float[] latents = new float[count * shape.elements()];
    bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(latents);
    for (float value : latents) {
      if (!(Math.abs(value) <= MAX_LATENT)) {
        throw FieldException.invalid(
            "initial_latents",
            value + " among them (expected: draws of the standard normal, none beyond 10)");
      }
    }
    return latents;
  }

  private static void requireRange(String field, int value, int max) {
    if (value < 1 || value > max) {
      throw FieldException.invalid(field, value + " (expected: 1 to " + max + ")");
    }
  }
}
