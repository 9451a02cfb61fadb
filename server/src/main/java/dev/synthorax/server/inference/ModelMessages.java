package dev.synthorax.server.inference;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.InferBatchStatistics;
import dev.synthorax.proto.inference.InferStatistics;
import dev.synthorax.proto.inference.ModelMetadataResponse;
import dev.synthorax.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.synthorax.proto.inference.ModelStatistics;
import dev.synthorax.proto.inference.StatisticDuration;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.plain.PlainStatistics.Batch;
import dev.synthorax.server.plain.PlainStatistics.Tally;
import java.util.List;

/** What is told of a plain model, on the wire. */
final class ModelMessages {
  private ModelMessages() {}

  /** Inputs and outputs of a version, and all versions that take requests. */
  static ModelMetadataResponse metadata(PlainDescription model, List<String> versions) {
    var response =
        ModelMetadataResponse.newBuilder()
            .setName(model.name())
            .addAllVersions(versions)
            .setPlatform(model.config().getPlatform());
    model.inputs().forEach(input -> response.addInputs(tensor(input)));
    model.outputs().forEach(output -> response.addOutputs(tensor(output)));
    return response.build();
  }

  private static TensorMetadata tensor(TensorSpec tensor) {
    return TensorMetadata.newBuilder()
        .setName(tensor.name())
        .setDatatype(tensor.dataType().name())
        .addAllShape(tensor.shape())
        .build();
  }

  static ModelStatistics statistics(PlainDescription model, PlainStatistics done) {
    var statistics =
        ModelStatistics.newBuilder()
            .setName(model.name())
            .setVersion(Long.toString(model.version()))
            .setLastInference(done.lastInferenceMillis())
            .setInferenceCount(done.inferences())
            .setExecutionCount(done.executions())
            .setInferenceStats(
                InferStatistics.newBuilder()
                    .setSuccess(duration(done.success()))
                    .setFail(duration(done.fail()))
                    .setQueue(duration(done.queue()))
                    .setComputeInput(duration(done.computeInput()))
                    .setComputeInfer(duration(done.computeInfer()))
                    .setComputeOutput(duration(done.computeOutput()))
                    .setCacheHit(duration(done.cacheHit()))
                    .setCacheMiss(duration(done.cacheMiss())));
    done.batches().forEach(batch -> statistics.addBatchStats(batch(batch)));
    return statistics.build();
  }

  private static InferBatchStatistics batch(Batch batch) {
    return InferBatchStatistics.newBuilder()
        .setBatchSize(batch.rows())
        .setComputeInput(duration(batch.computeInput()))
        .setComputeInfer(duration(batch.computeInfer()))
        .setComputeOutput(duration(batch.computeOutput()))
        .build();
  }

  private static StatisticDuration duration(Tally tally) {
    return StatisticDuration.newBuilder().setCount(tally.count()).setNs(tally.nanos()).build();
  }
}
