package dev.synthorax.server.inference;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.server.config.AccessConfig;
import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.repository.LeasedModel;
import dev.synthorax.server.repository.ModelRepository;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * {@code inference.GRPCInferenceService}: the Open Inference Protocol with the extensions of
 * Triton's clients. Tensors of large requests and answers do not pass the heap.
 *
 * <p><b>Ownership:</b> owns the memory of requests and registered regions; borrows the models.
 *
 * <p><b>Threading:</b> any thread; closed after the edges have stopped.
 */
public final class InferenceService implements BindableService, AutoCloseable {
  private static final Metadata.Key<String> STATUSES =
      Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final TensorMemory memory;
  private final SharedRegions regions;
  private final RequestMarshaller requests;
  private final ModelCall.Needs needs;
  private final InferenceRpc others;

  /**
   * The protocol over the models of a repository.
   *
   * @param serving whether the server takes requests, as health says
   * @param access what clients may do beside asking
   */
  public InferenceService(
      ModelRepository models, BooleanSupplier serving, AccessConfig access, MemoryConfig limits) {
    this(
        new RepositoryModels(requireNonNull(models, "models")),
        models,
        serving,
        access,
        limits,
        SHARED_MEMORY);
  }

  InferenceService(
      LeasedModel.Source source,
      ModelRepository models,
      BooleanSupplier serving,
      AccessConfig access,
      MemoryConfig limits,
      Path sharedMemory) {
    memory = new TensorMemory(limits.maxTensorBytes());
    regions = new SharedRegions(sharedMemory, access.sharedMemoryPrefix());
    requests = new RequestMarshaller(memory, limits.maxMessageBytes());
    needs = new ModelCall.Needs(source, regions);
    others =
        new InferenceRpc(
            new ModelQueries(source, models::list),
            new RepositoryCalls(models, access.modelControl()),
            regions,
            serving);
  }

  /** Bytes of tensors that requests under way have. */
  public long tensorBytes() {
    return memory.usedBytes();
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition usual = others.bindService();
    List<ServerMethodDefinition<?, ?>> methods =
        usual.getMethods().stream().<ServerMethodDefinition<?, ?>>map(this::own).toList();
    var descriptor =
        ServiceDescriptor.newBuilder(usual.getServiceDescriptor().getName())
            .setSchemaDescriptor(usual.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var definition = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private ServerMethodDefinition<?, ?> own(ServerMethodDefinition<?, ?> usual) {
    String name = usual.getMethodDescriptor().getFullMethodName();
    if (name.equals(GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName())) {
      return ServerMethodDefinition.create(
          wire(GRPCInferenceServiceGrpc.getModelInferMethod()),
          handler((observer, headers) -> new UnaryInference(observer, needs)));
    }
    if (name.equals(GRPCInferenceServiceGrpc.getModelStreamInferMethod().getFullMethodName())) {
      return ServerMethodDefinition.create(
          wire(GRPCInferenceServiceGrpc.getModelStreamInferMethod()),
          handler(
              (observer, headers) ->
                  new StreamInference(observer, needs, "true".equals(headers.get(STATUSES)))));
    }
    return usual;
  }

  private MethodDescriptor<WireRequest, WireAnswer> wire(MethodDescriptor<?, ?> usual) {
    return usual.toBuilder(requests, WireAnswer.MARSHALLER).build();
  }

  /** Makes who handles one call. */
  private interface Start {
    StreamObserver<WireRequest> call(
        ServerCallStreamObserver<WireAnswer> observer, Metadata headers);
  }

  private static ServerCallHandler<WireRequest, WireAnswer> handler(Start start) {
    return (call, headers) ->
        ServerCalls.<WireRequest, WireAnswer>asyncBidiStreamingCall(
                observer -> start.call((ServerCallStreamObserver<WireAnswer>) observer, headers))
            .startCall(call, headers);
  }

  @Override
  public void close() {
    regions.close();
    memory.close();
  }
}
