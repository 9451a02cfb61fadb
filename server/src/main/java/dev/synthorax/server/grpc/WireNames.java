package dev.synthorax.server.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.synthorax.proto.v1.ModelState;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.ReadingTask;
import dev.synthorax.server.pipeline.OutputEncoding;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.scheduler.PriorityClass;

/**
 * Our words for the wire's words, and back. An enum value of a newer client is an error that names
 * its field.
 */
public final class WireNames {
  private WireNames() {}

  static NoiseScheduler wire(dev.synthorax.diffusion.NoiseScheduler.Kind kind) {
    return switch (kind) {
      case DDIM -> NoiseScheduler.NOISE_SCHEDULER_DDIM;
      case DPM_SOLVER_PP_2M -> NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M;
      case EULER -> NoiseScheduler.NOISE_SCHEDULER_EULER;
      case PNDM -> NoiseScheduler.NOISE_SCHEDULER_PNDM;
      case LCM -> NoiseScheduler.NOISE_SCHEDULER_LCM;
      case DPM_SOLVER_PP_2M_KARRAS -> NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M_KARRAS;
      case EULER_ANCESTRAL -> NoiseScheduler.NOISE_SCHEDULER_EULER_ANCESTRAL;
      case UNIPC -> NoiseScheduler.NOISE_SCHEDULER_UNIPC;
    };
  }

  static dev.synthorax.diffusion.NoiseScheduler.Kind kind(
      NoiseScheduler wire, dev.synthorax.diffusion.NoiseScheduler.Kind unspecified) {
    return switch (wire) {
      case NOISE_SCHEDULER_UNSPECIFIED -> unspecified;
      case NOISE_SCHEDULER_DDIM -> dev.synthorax.diffusion.NoiseScheduler.Kind.DDIM;
      case NOISE_SCHEDULER_DPM_SOLVER_PP_2M ->
          dev.synthorax.diffusion.NoiseScheduler.Kind.DPM_SOLVER_PP_2M;
      case NOISE_SCHEDULER_EULER -> dev.synthorax.diffusion.NoiseScheduler.Kind.EULER;
      case NOISE_SCHEDULER_PNDM -> dev.synthorax.diffusion.NoiseScheduler.Kind.PNDM;
      case NOISE_SCHEDULER_LCM -> dev.synthorax.diffusion.NoiseScheduler.Kind.LCM;
      case NOISE_SCHEDULER_DPM_SOLVER_PP_2M_KARRAS ->
          dev.synthorax.diffusion.NoiseScheduler.Kind.DPM_SOLVER_PP_2M_KARRAS;
      case NOISE_SCHEDULER_EULER_ANCESTRAL ->
          dev.synthorax.diffusion.NoiseScheduler.Kind.EULER_ANCESTRAL;
      case NOISE_SCHEDULER_UNIPC -> dev.synthorax.diffusion.NoiseScheduler.Kind.UNIPC;
      case UNRECOGNIZED -> throw unknown("noise_scheduler");
    };
  }

  /** The class of a priority; {@link PriorityClass#NORMAL} where none is said. */
  public static PriorityClass priority(Priority wire) {
    return switch (wire) {
      case PRIORITY_LOW -> PriorityClass.LOW;
      case PRIORITY_UNSPECIFIED, PRIORITY_NORMAL -> PriorityClass.NORMAL;
      case PRIORITY_HIGH -> PriorityClass.HIGH;
      case UNRECOGNIZED -> throw unknown("priority");
    };
  }

  static OutputEncoding encoding(OutputFormat wire) {
    return switch (wire) {
      case OUTPUT_FORMAT_UNSPECIFIED, OUTPUT_FORMAT_PNG_GRAY8 -> OutputEncoding.PNG_GRAY8;
      case OUTPUT_FORMAT_PNG_GRAY16 -> OutputEncoding.PNG_GRAY16;
      case OUTPUT_FORMAT_RAW_GRAY8 -> OutputEncoding.RAW_GRAY8;
      case OUTPUT_FORMAT_RAW_FLOAT32 -> OutputEncoding.RAW_FLOAT32;
      case UNRECOGNIZED -> throw unknown("output_format");
    };
  }

  static OutputFormat wire(OutputEncoding encoding) {
    return switch (encoding) {
      case PNG_GRAY8 -> OutputFormat.OUTPUT_FORMAT_PNG_GRAY8;
      case PNG_GRAY16 -> OutputFormat.OUTPUT_FORMAT_PNG_GRAY16;
      case RAW_GRAY8 -> OutputFormat.OUTPUT_FORMAT_RAW_GRAY8;
      case RAW_FLOAT32 -> OutputFormat.OUTPUT_FORMAT_RAW_FLOAT32;
    };
  }

  static ModelState wire(dev.synthorax.server.repository.ModelState state) {
    return switch (state) {
      case LOADING -> ModelState.MODEL_STATE_LOADING;
      case READY -> ModelState.MODEL_STATE_READY;
      case FAILED -> ModelState.MODEL_STATE_FAILED;
      case UNLOADED -> ModelState.MODEL_STATE_UNLOADED;
    };
  }

  static ReadingTask wire(ReaderSpec.Task task) {
    return switch (task) {
      case SEGMENTATION -> ReadingTask.READING_TASK_SEGMENTATION;
      case CLASSIFICATION -> ReadingTask.READING_TASK_CLASSIFICATION;
    };
  }

  static Duration wire(java.time.Duration duration) {
    return Durations.fromNanos(duration.toNanos());
  }

  private static FieldException unknown(String field) {
    return FieldException.invalid(
        field, "a value this server does not know (expected: one that its version lists)");
  }
}
