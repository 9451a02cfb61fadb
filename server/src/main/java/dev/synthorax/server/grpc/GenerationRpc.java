package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.repository.Lease;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ServedModel;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes radiographs. A call that ends early frees its rows before the next step. */
final class GenerationRpc extends GenerationServiceGrpc.GenerationServiceImplBase {
  private final ModelRepository models;
  private final MaskStage masks;

  /** Borrows both. */
  GenerationRpc(ModelRepository models, MaskStage masks) {
    this.models = models;
    this.masks = masks;
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    var stream = new EventStream<>((ServerCallStreamObserver<GenerateResponse>) observer);
    run(request.getSpec(), stream, reply -> new CollectingListener(stream, reply));
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
      GenerationSpecReader.requireNames(spec);
      @SuppressWarnings("MustBeClosed") // closed when the call has ended, in whatever way
      Lease<ServedModel> lease = models.acquire(spec.getModel(), spec.getModelVersion());
      stream.onEnd(lease::close);
      DiffusionPipeline pipeline = pipeline(lease.model());
      GenerationDraft draft = GenerationSpecReader.read(spec, pipeline, deadlineNanos(pipeline));
      var reply = new Reply(pipeline.description(), draft.settings());
      var call = new GenerationCall(pipeline, draft, listener.apply(reply), stream);
      stream.onEnd(
          () -> {
            call.end();
            lease.close();
          });
      call.start(masks);
    } catch (FieldException e) { // a request holds the spec that was read
      stream.fail(Errors.of(e.within("spec")));
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      stream.fail(Errors.of(e));
    }
  }

  private static DiffusionPipeline pipeline(ServedModel model) {
    return switch (model) {
      case ServedModel.Diffusion diffusion -> diffusion.pipeline();
      case ServedModel.Plain plain ->
          throw FieldException.invalid(
              "model",
              "%s makes no images (expected: a diffusion pipeline)"
                  .formatted(plain.model("").description().name()));
    };
  }

  /** The call's deadline on the pipeline's clock; null where it has none. */
  private static @Nullable Long deadlineNanos(DiffusionPipeline pipeline) {
    var deadline = Context.current().getDeadline();
    return deadline == null
        ? null
        : pipeline.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }
}
