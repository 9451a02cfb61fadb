package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.CancelGenerationRequest;
import dev.synthorax.proto.v1.CancelGenerationResponse;
import dev.synthorax.proto.v1.GenerateManyRequest;
import dev.synthorax.proto.v1.GenerateManyResponse;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.repository.ModelRepository;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/** Makes radiographs. A call that ends early frees its rows before the next step. */
final class GenerationRpc extends GenerationServiceGrpc.GenerationServiceImplBase {
  private final ModelRepository models;
  private final MaskStage masks;
  private final NamedCalls named = new NamedCalls();

  /** Borrows both. */
  GenerationRpc(ModelRepository models, MaskStage masks) {
    this.models = models;
    this.masks = masks;
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<GenerateResponse>) observer);
    run(request.getSpec(), stream, reply -> new CollectingListener(stream, reply.inOneMessage()));
  }

  @Override
  public void generateStream(
      GenerateStreamRequest request, StreamObserver<GenerateStreamResponse> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<GenerateStreamResponse>) observer);
    GenerationSpec spec = request.getSpec();
    run(spec, stream, reply -> new StreamingListener(stream, reply, spec.getRequestId()));
  }

  private void run(
      GenerationSpec spec, EventStream<?> stream, Function<Reply, GenerationListener> listener) {
    try {
      var call =
          GenerationCall.open(
              models, spec, Context.current().getDeadline(), listener, stream::fail);
      Runnable forget = named.add(spec.getRequestId(), call);
      stream.onEnd(
          () -> {
            forget.run();
            call.end();
          });
      call.start(masks);
    } catch (FieldException e) { // a request holds the spec that was read
      stream.fail(Errors.of(e.within("spec")));
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      stream.fail(Errors.of(e));
    }
  }

  @Override
  public StreamObserver<GenerateManyRequest> generateMany(
      StreamObserver<GenerateManyResponse> observer) {
    return new ManyGenerations(
        (ServerCallStreamObserver<GenerateManyResponse>) observer, models, masks, named);
  }

  @Override
  public void cancelGeneration(
      CancelGenerationRequest request, StreamObserver<CancelGenerationResponse> observer) {
    String name = request.getRequestId();
    if (name.isEmpty()) {
      throw FieldException.invalid("request_id", "empty (expected: the name of a request)");
    }
    int cancelled = named.cancel(name);
    observer.onNext(CancelGenerationResponse.newBuilder().setCancelled(cancelled).build());
    observer.onCompleted();
  }
}
