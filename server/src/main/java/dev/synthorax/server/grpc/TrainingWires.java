package dev.synthorax.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.synthorax.files.Sha256;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingProgress;
import dev.synthorax.proto.v1.UploadPoint;
import dev.synthorax.server.training.Dataset;
import dev.synthorax.server.training.TrainingJob;
import dev.synthorax.server.training.TrainingState;
import dev.synthorax.server.training.TrainingStatus;
import dev.synthorax.training.stage.SampleShape;
import java.time.Instant;
import java.util.HexFormat;

/** Training's words for the wire's words, and back. */
final class TrainingWires {
  private static final int DIGEST_BYTES = 32;

  private TrainingWires() {}

  /**
   * The shape of samples.
   *
   * @throws FieldException if it is none
   */
  static SampleShape shape(dev.synthorax.proto.v1.SampleShape wire) {
    try {
      return new SampleShape(wire.getWidth(), wire.getHeight(), wire.getStructuresList());
    } catch (IllegalArgumentException e) {
      throw FieldException.invalid("start.shape", String.valueOf(e.getMessage()));
    }
  }

  /** The digest that a chain of samples of this shape begins with, in hex. */
  static String first(dev.synthorax.proto.v1.SampleShape wire) {
    return Sha256.hex(wire.toByteArray());
  }

  /**
   * Where an upload goes on.
   *
   * @throws FieldException if the digest is none
   */
  static Dataset.Point point(UploadPoint wire) {
    if (wire.getSamples() < 0 || wire.getDigest().size() != DIGEST_BYTES) {
      throw FieldException.invalid(
          "start.resume",
          "%d samples, a digest of %d bytes (expected: the point that GetDataset gives)"
              .formatted(wire.getSamples(), wire.getDigest().size()));
    }
    return new Dataset.Point(
        wire.getSamples(), HexFormat.of().formatHex(wire.getDigest().toByteArray()));
  }

  static dev.synthorax.proto.v1.Dataset wire(Dataset dataset) {
    return dev.synthorax.proto.v1.Dataset.newBuilder()
        .setName(dataset.name())
        .setState(
            dataset.whole()
                ? DatasetState.DATASET_STATE_WHOLE
                : DatasetState.DATASET_STATE_UPLOADING)
        .setPoint(
            UploadPoint.newBuilder()
                .setSamples(dataset.point().samples())
                .setDigest(ByteString.copyFrom(HexFormat.of().parseHex(dataset.point().digest()))))
        .setShape(
            dev.synthorax.proto.v1.SampleShape.newBuilder()
                .setWidth(dataset.shape().width())
                .setHeight(dataset.shape().height())
                .addAllStructures(dataset.shape().structures()))
        .setBytes(dataset.bytes())
        .setUpdateTime(time(dataset.updated()))
        .addAllFindings(dataset.whole() ? dataset.findings() : java.util.List.of())
        .build();
  }

  static Training wire(TrainingStatus status) {
    TrainingJob job = status.job();
    var wire =
        Training.newBuilder()
            .setName(job.name())
            .setSpec(TrainingSpecReader.wire(job.spec()))
            .setState(wire(job.state()))
            .setStateReason(job.reason())
            .setCreateTime(time(job.created()))
            .addAllStages(status.stages())
            .setStagesFinished(status.stagesFinished())
            .setRestarts(job.restarts())
            .setModelVersion(job.modelVersion())
            .setJobsAhead(status.jobsAhead());
    if (job.started() != null) {
      wire.setStartTime(time(job.started()));
    }
    if (job.ended() != null) {
      wire.setEndTime(time(job.ended()));
    }
    TrainingStatus.Progress progress = status.progress();
    if (progress != null) {
      wire.setProgress(wire(progress));
    }
    return wire.build();
  }

  static TrainingProgress wire(TrainingStatus.Progress progress) {
    var wire =
        TrainingProgress.newBuilder()
            .setStage(progress.stage())
            .setStep(progress.step())
            .setSteps(progress.steps())
            .setSamplesPerSecond(progress.samplesPerSecond());
    if (progress.loss() != null) {
      wire.setLoss(progress.loss());
    }
    if (progress.eta() != null) {
      wire.setEta(WireNames.wire(progress.eta()));
    }
    return wire.build();
  }

  private static dev.synthorax.proto.v1.TrainingState wire(TrainingState state) {
    return switch (state) {
      case QUEUED -> dev.synthorax.proto.v1.TrainingState.TRAINING_STATE_QUEUED;
      case RUNNING, CANCELLING -> dev.synthorax.proto.v1.TrainingState.TRAINING_STATE_RUNNING;
      case FINISHED -> dev.synthorax.proto.v1.TrainingState.TRAINING_STATE_FINISHED;
      case FAILED -> dev.synthorax.proto.v1.TrainingState.TRAINING_STATE_FAILED;
      case CANCELLED -> dev.synthorax.proto.v1.TrainingState.TRAINING_STATE_CANCELLED;
    };
  }

  private static Timestamp time(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }

  /** Orders jobs, the newest first. */
  static String key(TrainingStatus status) {
    return "%019d".formatted(Long.MAX_VALUE - status.job().number());
  }
}
