package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.Generation;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.repository.Lease;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ServedModel;
import dev.synthorax.server.scheduler.Admission;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: its masks and start image are decoded where it has any, then its images
 * are made. One that ends early takes its work back wherever that is.
 *
 * <p><b>Ownership:</b> owns the lease of its model until {@link #end}.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 */
final class GenerationCall {
  private final Lease<ServedModel> lease;
  private final DiffusionPipeline pipeline;
  private final GenerationDraft draft;
  private final GenerationListener listener;
  private final Ending ending;
  private final String tenant = GatedCalls.TENANT.get();

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private @Nullable Generation generation;

  /** Hears why there will be no images, on any thread. */
  interface Ending {
    /** It is over. */
    void ended(StatusRuntimeException failure);

    /** There is no room for it now; {@link #again} asks again. */
    default void refused(Admission.Rejected rejected) {
      ended(Errors.of(rejected));
    }
  }

  private GenerationCall(
      Lease<ServedModel> lease,
      DiffusionPipeline pipeline,
      GenerationDraft draft,
      GenerationListener listener,
      Ending ending) {
    this.lease = lease;
    this.pipeline = pipeline;
    this.draft = draft;
    this.listener = listener;
    this.ending = ending;
  }

  /**
   * Leases the model and reads the request, but for the pixels of its masks; in the context of the
   * call.
   *
   * @param deadline null: none
   * @param listener made from what all its messages have in common
   * @throws FieldException naming the field of {@code spec} that cannot be taken
   */
  static GenerationCall open(
      ModelRepository models,
      GenerationSpec spec,
      @Nullable Deadline deadline,
      Function<Reply, GenerationListener> listener,
      Ending ending) {
    GenerationSpecReader.requireNames(spec);
    @SuppressWarnings("MustBeClosed") // closed when the request has ended, in whatever way
    Lease<ServedModel> lease = models.acquire(spec.getModel(), spec.getModelVersion());
    boolean opened = false;
    try {
      DiffusionPipeline pipeline = pipeline(lease.model());
      GenerationDraft draft =
          GenerationSpecReader.read(
              spec,
              pipeline,
              deadline == null
                  ? null
                  : pipeline.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS));
      var reply = new Reply(pipeline.description(), draft.settings());
      var call = new GenerationCall(lease, pipeline, draft, listener.apply(reply), ending);
      opened = true;
      return call;
    } finally {
      if (!opened) {
        lease.close();
      }
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

  /** Begins; returns at once. What is wrong with it {@link Ending} hears. */
  void start(MaskStage stage) {
    try {
      if (draft.hasImages()) {
        stage.submit(new Decoding());
      } else {
        generate();
      }
    } catch (RuntimeException e) { // the request's top: every failure becomes a status
      fail(e);
    }
  }

  private final class Decoding implements MaskStage.Job {
    @Override
    public long bytes() {
      return draft.heldBytes();
    }

    @Override
    public boolean wanted() {
      return !ended();
    }

    @Override
    public void run() {
      generate();
    }

    @Override
    public void failed(RuntimeException failure) {
      fail(failure);
    }
  }

  private void generate() {
    GenerationRequest request = draft.decode();
    Generation prepared =
        FieldException.at("num_inference_steps", () -> pipeline.prepare(request, tenant, listener));
    if (adopt(prepared)) {
      admit(prepared);
    }
  }

  /** Returns whether there is still a request to work for. */
  private synchronized boolean adopt(Generation prepared) {
    generation = prepared;
    return !ended;
  }

  private void admit(Generation prepared) {
    Admission admission = FieldException.at("count", prepared::start);
    if (admission instanceof Admission.Rejected rejected) {
      ending.refused(rejected);
    }
  }

  /** Asks once more for the room that it was refused. */
  void again() {
    Generation refused;
    synchronized (this) {
      refused = ended ? null : generation;
    }
    try {
      if (refused != null) {
        admit(refused);
      }
    } catch (RuntimeException e) { // as in start
      fail(e);
    }
  }

  private synchronized boolean ended() {
    return ended;
  }

  /** Ends it with the status of a failure. */
  private void fail(RuntimeException failure) {
    ending.ended(
        Errors.of(failure instanceof FieldException field ? field.within("spec") : failure));
  }

  /** Ends it because somebody asks for that. */
  void cancel() {
    end();
    ending.ended(
        Errors.of(
            new ServerException(ServerReason.CANCELLED, "the request was cancelled by name")));
  }

  /** It has ended, in whatever way. Idempotent. */
  void end() {
    Generation running;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      running = generation;
    }
    try (lease) {
      if (running != null) {
        running.cancel();
      }
    }
  }
}
