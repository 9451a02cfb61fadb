package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.Generation;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.scheduler.Admission;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: its masks and start image are decoded where it has any, then its images are
 * made. A call that ends early takes its work back wherever that is.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 */
final class GenerationCall {
  /** The tenant of all calls, since none says yet whose it is. */
  private static final String NOBODY = "";

  private final DiffusionPipeline pipeline;
  private final GenerationDraft draft;
  private final GenerationListener listener;
  private final EventStream<?> stream;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private @Nullable Generation generation;

  GenerationCall(
      DiffusionPipeline pipeline,
      GenerationDraft draft,
      GenerationListener listener,
      EventStream<?> stream) {
    this.pipeline = pipeline;
    this.draft = draft;
    this.listener = listener;
    this.stream = stream;
  }

  /**
   * Begins; returns at once.
   *
   * @throws RuntimeException that the call is to end with
   */
  void start(MaskStage stage) {
    if (draft.hasImages()) {
      stage.submit(new Decoding());
    } else {
      generate();
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
        FieldException.at("num_inference_steps", () -> pipeline.prepare(request, NOBODY, listener));
    if (adopt(prepared) && prepared.start() instanceof Admission.Rejected rejected) {
      stream.fail(Errors.of(rejected));
    }
  }

  /** Returns whether there is still a call to work for. */
  private synchronized boolean adopt(Generation prepared) {
    generation = prepared;
    return !ended;
  }

  private synchronized boolean ended() {
    return ended;
  }

  /** Ends the call with the status of a failure. */
  void fail(RuntimeException failure) {
    stream.fail(
        Errors.of(failure instanceof FieldException field ? field.within("spec") : failure));
  }

  /** The call has ended, in whatever way. */
  void end() {
    Generation running;
    synchronized (this) {
      ended = true;
      running = generation;
    }
    if (running != null) {
      running.cancel();
    }
  }
}
