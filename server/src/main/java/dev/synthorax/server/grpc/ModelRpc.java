package dev.synthorax.server.grpc;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.GetModelResponse;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.ListModelsResponse;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.PlainModel;
import dev.synthorax.proto.v1.ReaderModel;
import dev.synthorax.proto.v1.TensorDescription;
import dev.synthorax.server.pipeline.PipelineDescription;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelStatus;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Lists and describes models. */
final class ModelRpc extends ModelServiceGrpc.ModelServiceImplBase {
  private static final int MAX_NAME_BYTES = 128;

  private final ModelRepository models;

  ModelRpc(ModelRepository models) {
    this.models = models;
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    var response = ListModelsResponse.newBuilder();
    try {
      var page =
          Page.of(models.list(), ModelRpc::key, request.getPageSize(), request.getPageToken());
      page.items().forEach(status -> response.addModels(wire(status)));
      response.setNextPageToken(page.nextToken());
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      observer.onError(Errors.of(e));
      return;
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  /** By name and version; neither holds control characters. */
  private static String key(ModelStatus status) {
    return status.name() + "\n" + status.version();
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> observer) {
    Model model;
    try {
      FieldException.requireBytes("model", request.getModel(), MAX_NAME_BYTES);
      FieldException.requireBytes("model_version", request.getModelVersion(), MAX_NAME_BYTES);
      model = wire(models.describe(request.getModel(), request.getModelVersion()));
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      observer.onError(Errors.of(e));
      return;
    }
    observer.onNext(GetModelResponse.newBuilder().setModel(model).build());
    observer.onCompleted();
  }

  private static Model wire(ModelStatus status) {
    var model =
        Model.newBuilder()
            .setName(status.name())
            .setVersion(status.version())
            .setState(WireNames.wire(status.state()))
            .setStateReason(status.reason());
    PipelineDescription pipeline = status.pipeline();
    if (pipeline != null) {
      model
          .setDescription(pipeline.config().description())
          .setDiffusion(diffusion(pipeline))
          .addAllWarnings(pipeline.warnings());
    }
    PlainDescription plain = status.plain();
    if (plain != null) {
      model.setDescription(sentence(plain)).setPlain(plain(plain)).addAllWarnings(plain.warnings());
    }
    return model.build();
  }

  private static String sentence(PlainDescription plain) {
    ReaderSpec reader = plain.reader();
    if (reader == null) {
      return "An ONNX model: %s to %s.".formatted(names(plain.inputs()), names(plain.outputs()));
    }
    String labels = String.join(", ", reader.labels());
    return switch (reader.task()) {
      case SEGMENTATION -> "Marks in radiographs: %s.".formatted(labels);
      case CLASSIFICATION -> "Finds in radiographs: %s.".formatted(labels);
    };
  }

  private static String names(List<TensorSpec> tensors) {
    return String.join(", ", tensors.stream().map(TensorSpec::name).toList());
  }

  private static PlainModel plain(PlainDescription plain) {
    var model =
        PlainModel.newBuilder().setMaxBatchSize(plain.maxBatchSize()).setBackend(plain.backend());
    plain.inputs().forEach(spec -> model.addInputs(tensor(spec, List.of())));
    plain.outputs().forEach(spec -> model.addOutputs(tensor(spec, plain.labels(spec.name()))));
    ReaderSpec reader = plain.reader();
    if (reader != null) {
      model.setReader(
          ReaderModel.newBuilder()
              .setTask(WireNames.wire(reader.task()))
              .addAllLabels(reader.labels())
              .setSize(ImageSize.newBuilder().setWidth(reader.width()).setHeight(reader.height())));
    }
    return model.build();
  }

  private static TensorDescription tensor(TensorSpec spec, List<String> labels) {
    return TensorDescription.newBuilder()
        .setName(spec.name())
        .setDataType(spec.dataType().name())
        .addAllShape(spec.shape())
        .addAllLabels(labels)
        .build();
  }

  private static DiffusionModel diffusion(PipelineDescription pipeline) {
    var model =
        DiffusionModel.newBuilder()
            .addSizes(
                ImageSize.newBuilder()
                    .setWidth(pipeline.size().width())
                    .setHeight(pipeline.size().height()))
            .addAllStructures(pipeline.config().structures())
            .setDefaultNumInferenceSteps(pipeline.config().defaults().numInferenceSteps())
            .setDefaultGuidanceScale(pipeline.config().defaults().guidanceScale())
            .setMaxPromptTokens(pipeline.maxPromptTokens())
            .setBackend(pipeline.backend())
            .addAllRowCounts(pipeline.rowCounts())
            .setParameters(pipeline.parameters())
            .addAllFindings(pipeline.config().findings())
            .addAllWords(pipeline.config().words())
            .setStartImages(pipeline.startsFromImages());
    pipeline.noiseSchedulers().forEach(kind -> model.addNoiseSchedulers(WireNames.wire(kind)));
    return model.build();
  }
}
