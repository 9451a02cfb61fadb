package dev.synthorax.server.inference;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelInferRequest.InferInputTensor;
import dev.synthorax.proto.inference.ModelInferResponse;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.AccessConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.Edges;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.DiffusionLoader;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.training.TestRooms;
import dev.synthorax.server.training.TrainingRoom;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in this process that has the fake model "echo" and the diffusion pipeline "squares". */
final class InferenceFixture implements AutoCloseable {
  static final AccessConfig ALL = new AccessConfig(true, "tests-");

  final FakeBackend backend = new FakeBackend();
  final ModelRepository models;
  final FakeModels echo;
  final CallGate gate = new CallGate();
  final InferenceService service;
  final GrpcServices services;
  final Edges edges;
  final ManagedChannel channel;
  final Path sharedMemory;
  private final TrainingRoom training;

  private InferenceFixture(Path folder, AccessConfig access) throws IOException {
    sharedMemory = Files.createDirectories(folder.resolve("shm"));
    FakePipelines.write(folder.resolve("models/squares"), FakePipelines.YAML);
    models =
        new ModelRepository(
            new ModelFolders(
                List.of(folder.resolve("models")),
                List.of(new DiffusionLoader(_ -> FakePipelines.loader(backend)))));
    echo = new FakeModels(new RepositoryModels(models));
    training = TestRooms.idle(models);
    var limits = ServerConfig.DEFAULT.memory();
    service = new InferenceService(echo, models, this::serves, access, limits, sharedMemory);
    services =
        new GrpcServices(
            models,
            training,
            new Records(folder.resolve("none")),
            gate,
            Access.open(),
            limits,
            List.of(service));
    String name = InProcessServerBuilder.generateName();
    edges =
        new Edges(
            gate,
            List.of(
                GrpcEdge.start(
                    InProcessServerBuilder.forName(name), services, ServerConfig.DEFAULT)));
    channel = InProcessChannelBuilder.forName(name).build();
    models.start(new ModelLoader.Resources(backend, 1, Path.of("unused"), new ByteBudget(1 << 20)));
    services.markServing();
  }

  static InferenceFixture open(Path folder, AccessConfig access) throws IOException {
    return new InferenceFixture(folder, access);
  }

  private boolean serves() {
    return services.isServing();
  }

  GRPCInferenceServiceBlockingStub stub() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  ModelInferResponse infer(ModelInferRequest.Builder request) {
    return stub().modelInfer(request.build());
  }

  boolean drain(Duration grace) {
    return edges.drain(grace, Duration.ofSeconds(1));
  }

  /** Calls, leases, answers and memory of requests that are left. */
  private long live() {
    return gate.calls() + echo.live() + service.tensorBytes();
  }

  /** Waits until nothing is left of any call; the test's limit ends it where something stays. */
  void awaitNothingLeft() {
    while (live() > 0) {
      Thread.onSpinWait();
    }
  }

  /** A request to "echo" with one input "x" of numbers. */
  static ModelInferRequest.Builder request(float... values) {
    return ModelInferRequest.newBuilder()
        .setModelName(FakeModels.NAME)
        .setId("r1")
        .addInputs(input("x", "FP32", 1, values.length))
        .addRawInputContents(raw(values));
  }

  static InferInputTensor.Builder input(String name, String type, long... shape) {
    var input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long dim : shape) {
      input.addShape(dim);
    }
    return input;
  }

  static ByteString raw(float... values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return ByteString.copyFrom(bytes);
  }

  static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public void close() {
    backend.letGo();
    channel.shutdownNow();
    var _ = drain(Duration.ZERO);
    services.close();
    training.close();
    models.close();
    service.close();
  }
}
