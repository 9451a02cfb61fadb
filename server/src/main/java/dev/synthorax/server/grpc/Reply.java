package dev.synthorax.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.ImageTimings;
import dev.synthorax.proto.v1.Progress;
import dev.synthorax.proto.v1.Queued;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.pipeline.GenerationSettings;
import dev.synthorax.server.pipeline.PipelineDescription;
import dev.synthorax.server.scheduler.Admission;
import java.util.List;

/**
 * What is the same in every message about one request.
 *
 * @param pipeline that works on it
 * @param settings it runs with
 */
record Reply(PipelineDescription pipeline, GenerationSettings settings) {
  /** More than a PNG says of itself, prompts of 4 KiB included. */
  private static final long TEXT_BYTES = 1 << 17;

  /**
   * The same, if all images can be sent at once.
   *
   * @throws FieldException {@code TOO_LARGE} naming the count, if no message can be so long
   */
  Reply inOneMessage() {
    var size = pipeline.size();
    requireOneMessage(
        settings.count(), settings.encoding().maxBytes(size.width(), size.height(), TEXT_BYTES));
    return this;
  }

  static void requireOneMessage(int count, long bytesPerImage) {
    if (count * bytesPerImage > Integer.MAX_VALUE) {
      throw FieldException.of(
          "count",
          ErrorReason.TOO_LARGE,
          "%d images of up to %d bytes each (expected: at most %d bytes in one answer; GenerateStream sends them one by one)"
              .formatted(count, bytesPerImage, Integer.MAX_VALUE));
    }
  }

  EffectiveSettings effectiveSettings() {
    return EffectiveSettings.newBuilder()
        .setModel(pipeline.name())
        .setModelVersion(pipeline.version())
        .setNumInferenceSteps(settings.numInferenceSteps())
        .setGuidanceScale(settings.guidanceScale())
        .setNoiseScheduler(WireNames.wire(settings.noiseScheduler()))
        .setSeed(settings.seed())
        .setCount(settings.count())
        .setWidth(pipeline.size().width())
        .setHeight(pipeline.size().height())
        .setOutputFormat(WireNames.wire(settings.encoding()))
        .build();
  }

  /** It is in. */
  Queued queued(Admission.Queued admission, List<String> warnings) {
    return Queued.newBuilder()
        .setImagesAhead(admission.imagesAhead())
        .setEta(WireNames.wire(admission.eta()))
        .setSettings(effectiveSettings())
        .addAllWarnings(warnings)
        .build();
  }

  /** How far it is. */
  static Progress progress(GenerationListener.Progress progress) {
    return Progress.newBuilder()
        .setStepsDone(progress.stepsDone())
        .setStepsTotal(progress.stepsTotal())
        .setImagesDone(progress.imagesDone())
        .setEta(WireNames.wire(progress.eta()))
        .build();
  }

  /** The image on the wire; its bytes are not copied, since nobody writes them any more. */
  Image image(GeneratedImage image) {
    var timings =
        ImageTimings.newBuilder()
            .setQueued(WireNames.wire(image.timings().queued()))
            .setDenoising(WireNames.wire(image.timings().denoising()))
            .setDecoding(WireNames.wire(image.timings().decoding()));
    return Image.newBuilder()
        .setIndex(image.index())
        .setSeed(image.seed())
        .setData(UnsafeByteOperations.unsafeWrap(image.data()))
        .setFormat(WireNames.wire(settings.encoding()))
        .setWidth(pipeline.size().width())
        .setHeight(pipeline.size().height())
        .setTimings(timings)
        .build();
  }
}
