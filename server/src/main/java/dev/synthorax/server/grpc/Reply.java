package dev.synthorax.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
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
