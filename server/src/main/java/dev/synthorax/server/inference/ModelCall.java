package dev.synthorax.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.grpc.GatedCalls;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainCall;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.repository.LeasedModel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: it leases its model, is handed over, and its end is told once.
 *
 * <p><b>Ownership:</b> closes the request when the model has done with it, and the lease when the
 * answer's memory is given back.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 */
final class ModelCall {
  private final TensorMemory.Loan memory; // owned
  private final String name;
  private final String version;
  private final boolean streamed;
  private final Ending ending;

  @GuardedBy("this")
  private @Nullable PlainCall running;

  @GuardedBy("this")
  private boolean cancelled;

  /** Hears the end of a request, on any thread. */
  interface Ending {
    /** It is answered; whoever hears this sends or drops it. */
    void answered(WireAnswer answer);

    /** It failed. */
    void failed(StatusRuntimeException failure);
  }

  /** What a request needs beside itself. */
  record Needs(LeasedModel.Source models, SharedRegions regions) {}

  /**
   * A request that is not begun.
   *
   * @param request closed by this from now on
   * @param streamed whether answers are those of a stream
   */
  ModelCall(WireRequest request, boolean streamed, Ending ending) {
    memory = request.memory();
    name = request.fields().getModelName();
    version = request.fields().getModelVersion();
    this.streamed = streamed;
    this.ending = ending;
  }

  /**
   * Begins; returns at once, and throws nothing. In the context of the call.
   *
   * @param request that it was made for; its fields are not kept
   */
  void start(WireRequest request, Needs needs) {
    ModelInferRequest fields = request.fields();
    LeasedModel model;
    try {
      ModelNames.require("model_name", name, "model_version", version);
      new Parameters("parameters", fields.getParametersMap()).requireAllowed();
      model = needs.models.acquire(name, version);
    } catch (RuntimeException e) { // the request's top: every failure becomes a status
      fail(e);
      return;
    }
    try {
      start(request, model, needs.regions);
    } catch (RuntimeException e) { // the request's top: every failure becomes a status
      model.release().run();
      fail(e);
    }
  }

  private void start(WireRequest request, LeasedModel model, SharedRegions regions) {
    ModelInferRequest fields = request.fields();
    var parameters = new Parameters("parameters", fields.getParametersMap());
    var reader = new RequestReader(request, regions);
    List<WantedOutput> wanted = reader.outputs();
    var plain =
        new PlainRequest(
            fields.getId(),
            reader.inputs(),
            wanted.stream().map(WantedOutput::name).toList(),
            parameters.number("priority", 0),
            parameters.number("timeout", 0),
            deadlineNanos(model),
            GatedCalls.TENANT.get());
    var writer = new AnswerWriter(model.description(), fields.getId(), wanted, regions);
    hand(model.infer().apply(plain, new Listener(model, writer)));
  }

  private static long deadlineNanos(LeasedModel model) {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? PlainRequest.NO_DEADLINE
        : model.nanoClock().getAsLong() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  private void hand(PlainCall call) {
    boolean late;
    synchronized (this) {
      running = call;
      late = cancelled;
    }
    if (late) {
      call.cancel();
    }
  }

  /** The call has ended: nobody waits for the answer. Idempotent. */
  void cancel() {
    PlainCall call;
    synchronized (this) {
      cancelled = true;
      call = running;
    }
    if (call != null) {
      call.cancel();
    }
  }

  private void fail(RuntimeException failure) {
    memory.close();
    ending.failed(InferenceErrors.of(failure, name, version));
  }

  /** Hears what the model says. */
  private final class Listener implements PlainListener {
    private final LeasedModel model;
    private final AnswerWriter writer;

    private Listener(LeasedModel model, AnswerWriter writer) {
      this.model = model;
      this.writer = writer;
    }

    @Override
    public void answered(PlainAnswer answer) {
      Runnable release =
          () -> {
            answer.close();
            model.release().run();
          };
      WireAnswer wire;
      try {
        wire = writer.write(answer, streamed, release);
      } catch (RuntimeException e) { // the request's top: every failure becomes a status
        release.run();
        fail(e);
        return;
      }
      memory.close();
      ending.answered(wire);
    }

    @Override
    public void failed(RuntimeException failure) {
      model.release().run();
      fail(failure);
    }
  }
}
