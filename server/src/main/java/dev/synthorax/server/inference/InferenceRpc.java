package dev.synthorax.server.inference;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.inference.CudaSharedMemoryRegisterRequest;
import dev.synthorax.proto.inference.CudaSharedMemoryRegisterResponse;
import dev.synthorax.proto.inference.CudaSharedMemoryStatusRequest;
import dev.synthorax.proto.inference.CudaSharedMemoryStatusResponse;
import dev.synthorax.proto.inference.CudaSharedMemoryUnregisterRequest;
import dev.synthorax.proto.inference.CudaSharedMemoryUnregisterResponse;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.LogSettingsRequest;
import dev.synthorax.proto.inference.LogSettingsResponse;
import dev.synthorax.proto.inference.ModelConfigRequest;
import dev.synthorax.proto.inference.ModelConfigResponse;
import dev.synthorax.proto.inference.ModelMetadataRequest;
import dev.synthorax.proto.inference.ModelMetadataResponse;
import dev.synthorax.proto.inference.ModelReadyRequest;
import dev.synthorax.proto.inference.ModelReadyResponse;
import dev.synthorax.proto.inference.ModelStatisticsRequest;
import dev.synthorax.proto.inference.ModelStatisticsResponse;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.RepositoryIndexResponse;
import dev.synthorax.proto.inference.RepositoryModelLoadRequest;
import dev.synthorax.proto.inference.RepositoryModelLoadResponse;
import dev.synthorax.proto.inference.RepositoryModelUnloadRequest;
import dev.synthorax.proto.inference.RepositoryModelUnloadResponse;
import dev.synthorax.proto.inference.ServerLiveRequest;
import dev.synthorax.proto.inference.ServerLiveResponse;
import dev.synthorax.proto.inference.ServerMetadataRequest;
import dev.synthorax.proto.inference.ServerMetadataResponse;
import dev.synthorax.proto.inference.ServerReadyRequest;
import dev.synthorax.proto.inference.ServerReadyResponse;
import dev.synthorax.proto.inference.SystemSharedMemoryRegisterRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryRegisterResponse;
import dev.synthorax.proto.inference.SystemSharedMemoryStatusRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryStatusResponse;
import dev.synthorax.proto.inference.SystemSharedMemoryStatusResponse.RegionStatus;
import dev.synthorax.proto.inference.SystemSharedMemoryUnregisterRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryUnregisterResponse;
import dev.synthorax.proto.inference.TraceSettingRequest;
import dev.synthorax.proto.inference.TraceSettingResponse;
import dev.synthorax.server.config.Release;
import dev.synthorax.server.grpc.Errors;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** All calls of the protocol but those that run a model. */
final class InferenceRpc extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private static final List<String> EXTENSIONS =
      List.of(
          "classification",
          "schedule_policy",
          "model_configuration",
          "binary_tensor_data",
          "parameters",
          "statistics");

  private final ModelQueries models;
  private final RepositoryCalls repository;
  private final SharedRegions regions;
  private final BooleanSupplier serving;

  /**
   * Borrows all.
   *
   * @param serving whether the server takes requests
   */
  InferenceRpc(
      ModelQueries models,
      RepositoryCalls repository,
      SharedRegions regions,
      BooleanSupplier serving) {
    this.models = models;
    this.repository = repository;
    this.regions = regions;
    this.serving = serving;
  }

  private static <R> void answer(StreamObserver<R> observer, Supplier<R> work) {
    answer(observer, "", "", work);
  }

  private static <R> void answer(
      StreamObserver<R> observer, String model, String version, Supplier<R> work) {
    R response;
    try {
      response = work.get();
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      observer.onError(InferenceErrors.of(e, model, version));
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    answer(observer, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    answer(
        observer, () -> ServerReadyResponse.newBuilder().setReady(serving.getAsBoolean()).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    answer(
        observer,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName("synthorax")
                .setVersion(Release.version())
                .addAllExtensions(extensions())
                .build());
  }

  private List<String> extensions() {
    var extensions = new ArrayList<>(EXTENSIONS);
    if (repository.allowed()) {
      extensions.add("model_repository");
      extensions.add("model_repository(unload_dependents)");
    }
    if (regions.allowed()) {
      extensions.add("system_shared_memory");
    }
    return extensions;
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    answer(
        observer,
        () ->
            ModelReadyResponse.newBuilder()
                .setReady(models.ready(request.getName(), request.getVersion()))
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    answer(
        observer,
        request.getName(),
        request.getVersion(),
        () -> models.metadata(request.getName(), request.getVersion()));
  }

  @Override
  public void modelConfig(
      ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
    answer(
        observer,
        request.getName(),
        request.getVersion(),
        () ->
            ModelConfigResponse.newBuilder()
                .setConfig(models.config(request.getName(), request.getVersion()))
                .build());
  }

  @Override
  public void modelStatistics(
      ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
    answer(
        observer,
        request.getName(),
        request.getVersion(),
        () ->
            ModelStatisticsResponse.newBuilder()
                .addAllModelStats(models.statistics(request.getName(), request.getVersion()))
                .build());
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
    answer(observer, () -> repository.index(request));
  }

  @Override
  public void repositoryModelLoad(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
    repository.load(request, observer);
  }

  @Override
  public void repositoryModelUnload(
      RepositoryModelUnloadRequest request,
      StreamObserver<RepositoryModelUnloadResponse> observer) {
    repository.unload(request, observer);
  }

  @Override
  public void systemSharedMemoryStatus(
      SystemSharedMemoryStatusRequest request,
      StreamObserver<SystemSharedMemoryStatusResponse> observer) {
    answer(
        observer,
        () -> {
          var response = SystemSharedMemoryStatusResponse.newBuilder();
          regions
              .list(request.getName())
              .forEach(region -> response.putRegions(region.name(), wire(region)));
          return response.build();
        });
  }

  private static RegionStatus wire(SharedRegions.Region region) {
    return RegionStatus.newBuilder()
        .setName(region.name())
        .setKey(region.key())
        .setOffset(region.offset())
        .setByteSize(region.byteSize())
        .build();
  }

  @Override
  public void systemSharedMemoryRegister(
      SystemSharedMemoryRegisterRequest request,
      StreamObserver<SystemSharedMemoryRegisterResponse> observer) {
    answer(
        observer,
        () -> {
          regions.register(
              request.getName(), request.getKey(), request.getOffset(), request.getByteSize());
          return SystemSharedMemoryRegisterResponse.getDefaultInstance();
        });
  }

  @Override
  public void systemSharedMemoryUnregister(
      SystemSharedMemoryUnregisterRequest request,
      StreamObserver<SystemSharedMemoryUnregisterResponse> observer) {
    answer(
        observer,
        () -> {
          regions.unregister(request.getName());
          return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
        });
  }

  private static void refuseCudaMemory(StreamObserver<?> observer) {
    observer.onError(
        Errors.of(
            new InferenceException(
                ErrorReason.UNSUPPORTED,
                "CUDA shared memory is not part of this server (send tensors in the message)")));
  }

  @Override
  public void cudaSharedMemoryStatus(
      CudaSharedMemoryStatusRequest request,
      StreamObserver<CudaSharedMemoryStatusResponse> observer) {
    refuseCudaMemory(observer);
  }

  @Override
  public void cudaSharedMemoryRegister(
      CudaSharedMemoryRegisterRequest request,
      StreamObserver<CudaSharedMemoryRegisterResponse> observer) {
    refuseCudaMemory(observer);
  }

  @Override
  public void cudaSharedMemoryUnregister(
      CudaSharedMemoryUnregisterRequest request,
      StreamObserver<CudaSharedMemoryUnregisterResponse> observer) {
    refuseCudaMemory(observer);
  }

  @Override
  public void traceSetting(
      TraceSettingRequest request, StreamObserver<TraceSettingResponse> observer) {
    answer(
        observer,
        request.getModelName(),
        "",
        () -> {
          models.requireKnown(request.getModelName());
          return Settings.trace(request);
        });
  }

  @Override
  public void logSettings(
      LogSettingsRequest request, StreamObserver<LogSettingsResponse> observer) {
    answer(observer, () -> Settings.log(request));
  }
}
