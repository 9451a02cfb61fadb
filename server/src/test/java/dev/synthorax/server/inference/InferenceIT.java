package dev.synthorax.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.InferStatistics;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelConfigRequest;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelInput;
import dev.synthorax.proto.inference.ModelMetadataRequest;
import dev.synthorax.proto.inference.ModelMetadataResponse;
import dev.synthorax.proto.inference.ModelReadyRequest;
import dev.synthorax.proto.inference.ModelStatistics;
import dev.synthorax.proto.inference.ModelStatisticsRequest;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.RepositoryModelLoadRequest;
import dev.synthorax.proto.inference.RepositoryModelUnloadRequest;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The protocol over ONNX models on ONNX Runtime, as load generators and clients walk through it.
 */
@Timeout(60)
final class InferenceIT {
  @TempDir private Path folder;
  private final long mark = NativeHandles.mark();
  private final CallGate gate = new CallGate();
  private Backend backend;
  private ModelRepository models;
  private InferenceService service;
  private GrpcServices services;
  private Edges edges;
  private ManagedChannel channel;

  @BeforeEach
  @SuppressWarnings("MustBeClosed") // closed in stop()
  void start() throws IOException {
    Path root = folder.resolve("models");
    for (int version = 1; version <= 2; version++) {
      Path home = Files.createDirectories(root.resolve("bias/" + version));
      Files.move(TestGraphs.addBias(folder, version, 2, 3), home.resolve("model.onnx"));
    }
    Files.writeString(
        root.resolve("bias/config.pbtxt"),
        "max_batch_size: 8 version_policy { all {} } dynamic_batching {}");
    backend = Backends.open("onnxruntime-cpu");
    models = new ModelRepository(new ModelFolders(List.of(root), ModelLoader.all()));
    var limits = ServerConfig.DEFAULT.memory();
    service = new InferenceService(models, () -> true, InferenceFixture.ALL, limits);
    services =
        new GrpcServices(
            models,
            TestRooms.idle(models),
            new Records(folder.resolve("none")),
            gate,
            Access.open(),
            limits,
            List.of(service));
    var edge = GrpcEdge.listen("127.0.0.1", 0, Access.open(), services, ServerConfig.DEFAULT);
    edges = new Edges(gate, List.of(edge));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", edge.port()).usePlaintext().build();
    models.start(
        new ModelLoader.Resources(
            backend, 1, folder.resolve("cache"), new ByteBudget(limits.maxResponseBytes())));
    services.markServing();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    var _ = edges.drain(Duration.ofSeconds(10), Duration.ofSeconds(1));
    long tensorBytes = service.tensorBytes();
    services.close();
    models.close();
    service.close();
    backend.close();
    assertThat(tensorBytes).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private GRPCInferenceServiceBlockingStub stub() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static ModelInferRequest.Builder request(float... row) {
    return ModelInferRequest.newBuilder()
        .setModelName("bias")
        .putParameters(
            "triton_enable_empty_final_response",
            InferParameter.newBuilder().setBoolParam(true).build())
        .addInputs(InferenceFixture.input("x", "FP32", 1, row.length))
        .addRawInputContents(InferenceFixture.raw(row));
  }

  private ModelStatistics statistics() {
    return stub()
        .modelStatistics(
            ModelStatisticsRequest.newBuilder().setName("bias").setVersion("2").build())
        .getModelStats(0);
  }

  @Test
  void loadGenerator_fromMetadataToStatistics_findsWhatItNeeds() {
    ModelMetadataResponse metadata =
        stub().modelMetadata(ModelMetadataRequest.newBuilder().setName("bias").build());
    ModelConfig config =
        stub().modelConfig(ModelConfigRequest.newBuilder().setName("bias").build()).getConfig();
    ModelStatistics before = statistics();

    for (int i = 0; i < 5; i++) {
      assertThat(stub().modelInfer(request(0, 0, i).build()).getRawOutputContentsList())
          .containsExactly(InferenceFixture.raw(2, 2, 3 + i));
    }

    ModelStatistics after = statistics();
    assertThat(metadata.getVersionsList()).containsExactly("1", "2");
    assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 3L);
    assertThat(config.getMaxBatchSize()).isEqualTo(8);
    assertThat(config.getInputList()).extracting(ModelInput::getName).containsExactly("x");
    assertThat(config.getInput(0).getDimsList()).containsExactly(3L);
    assertThat(after.getVersion()).isEqualTo("2");
    assertThat(after.getInferenceCount() - before.getInferenceCount()).isEqualTo(5);
    InferStatistics stats = after.getInferenceStats();
    assertThat(stats.getQueue().getCount() - before.getInferenceStats().getQueue().getCount())
        .as("the count by which a load generator finds the version it asked")
        .isEqualTo(5);
    assertThat(stats.getComputeInput().getCount())
        .isEqualTo(stats.getComputeInfer().getCount())
        .isEqualTo(stats.getComputeOutput().getCount());
    assertThat(
            stub().modelStatistics(ModelStatisticsRequest.getDefaultInstance()).getModelStatsList())
        .extracting(ModelStatistics::getVersion)
        .containsExactly("1", "2");
  }

  @Test
  void modelInfer_eachVersion_isAnsweredByThatOne() {
    var first = stub().modelInfer(request(0, 0, 0).setModelVersion("1").build());
    var latest = stub().modelInfer(request(0, 0, 0).build());

    assertThat(first.getModelVersion()).isEqualTo("1");
    assertThat(first.getRawOutputContents(0)).isEqualTo(InferenceFixture.raw(1, 2, 3));
    assertThat(latest.getModelVersion()).isEqualTo("2");
    assertFails(
        request(0, 0, 0).setModelVersion("7"),
        Code.NOT_FOUND,
        "Request for unknown model: 'bias' version 7 is not found");
  }

  private void assertFails(ModelInferRequest.Builder request, Code code, String beginning) {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> stub().modelInfer(request.build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).startsWith(beginning).hasLineCount(1);
  }

  @Test
  void modelInfer_whatTheModelDoesNotTake_isInvalidArgument() {
    assertFails(request(1, 2), Code.INVALID_ARGUMENT, "input x: ");
    var named = request(1, 2, 3);
    named.getInputsBuilder(0).setName("z");
    assertFails(named, Code.INVALID_ARGUMENT, "input z (expected: x); input x is missing");
    var wanted = request(1, 2, 3);
    wanted.addOutputsBuilder().setName("none");
    assertFails(wanted, Code.INVALID_ARGUMENT, "output none");
  }

  @Test
  void unloadAndLoad_theModel_isUnavailableMeanwhile() {
    var _ =
        stub()
            .repositoryModelUnload(
                RepositoryModelUnloadRequest.newBuilder().setModelName("bias").build());

    assertFails(
        request(1, 2, 3),
        Code.UNAVAILABLE,
        "Request for unknown model: 'bias' has no available versions");

    var _ =
        stub()
            .repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("bias").build());

    assertThat(stub().modelInfer(request(1, 2, 3).build()).getOutputsCount()).isEqualTo(1);
    assertThat(
            stub()
                .repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build())
                .getModelsList())
        .extracting(model -> model.getName() + model.getVersion() + model.getState())
        .containsExactly("bias1READY", "bias2READY");
    assertThat(
            stub()
                .modelReady(ModelReadyRequest.newBuilder().setName("bias").setVersion("1").build())
                .getReady())
        .isTrue();
  }
}
