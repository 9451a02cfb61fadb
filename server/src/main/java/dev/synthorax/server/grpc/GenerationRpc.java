package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerateEvent;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.Generation;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.Admission;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes radiographs. A call that ends early frees its rows before the next step. */
final class GenerationRpc extends GenerationServiceGrpc.GenerationServiceImplBase {
  private final ModelRepository models;

  GenerationRpc(ModelRepository models) {
    this.models = models;
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<GenerateResponse>) observer);
    run(request, stream, reply -> new CollectingListener(stream, reply));
  }

  @Override
  public void generateStream(GenerateRequest request, StreamObserver<GenerateEvent> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<GenerateEvent>) observer);
    run(request, stream, reply -> new StreamingListener(stream, reply, request.getRequestId()));
  }

  private void run(
      GenerateRequest request,
      EventStream<?> stream,
      Function<Reply, GenerationListener> listener) {
    try {
      GenerateRequestReader.requireNames(request);
      DiffusionPipeline pipeline = models.pipeline(request.getModel(), request.getModelVersion());
      var read = GenerateRequestReader.read(request, pipeline, deadlineNanos(pipeline));
      var reply = new Reply(pipeline.description(), read.settings());
      Generation generation =
          FieldException.at(
              "num_inference_steps", () -> pipeline.prepare(read, listener.apply(reply)));
      stream.onCancel(generation::cancel);
      if (generation.start() instanceof Admission.Rejected rejected) {
        stream.fail(Errors.of(rejected));
      }
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      stream.fail(Errors.of(e));
    }
  }

  /** The call's deadline on the pipeline's clock; null where it has none. */
  private static @Nullable Long deadlineNanos(DiffusionPipeline pipeline) {
    var deadline = Context.current().getDeadline();
    return deadline == null
        ? null
        : pipeline.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }
}
