package dev.synthorax.server.reading;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.grpc.Errors;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.grpc.GatedCalls;
import dev.synthorax.server.grpc.WireNames;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainCall;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.repository.LeasedModel;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.scheduler.PriorityClass;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One image on its way: it is checked and let in, decoded, run, and its answer written; its end is
 * told once. Between these it waits in the workshop or in the model's queue, never on a thread.
 *
 * <p><b>Ownership:</b> has its model leased until the model has answered, and its bytes of the
 * budget until {@link #giveBack}.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is not held while others are
 * called.
 *
 * @param <A> the answer
 */
final class ReadingCall<A> {
  private static final int MAX_NAME_BYTES = 128;
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Reading<A> reading;
  private final Needs needs;
  private final Workshop.Caller caller;
  private final Ending<A> ending;
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private final String tenant = GatedCalls.TENANT.get();

  @GuardedBy("this")
  private @Nullable PlainCall running;

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private long bytes;

  /** Hears the end of an image, on any thread. */
  interface Ending<A> {
    /** It is answered. */
    void answered(A answer);

    /** It failed; fields are those of the request. */
    void failed(StatusRuntimeException failure);
  }

  /**
   * What an image needs beside itself.
   *
   * @param budget bytes of images and answers, over all calls
   */
  record Needs(Readers.Source readers, Workshop workshop, ByteBudget budget) {}

  private record Admitted(LeasedModel model, RadiographFile file, Framing framing) {}

  /** An image that is not let in; in the context of its call. */
  ReadingCall(Reading<A> reading, Needs needs, Workshop.Caller caller, Ending<A> ending) {
    this.reading = reading;
    this.needs = needs;
    this.caller = caller;
    this.ending = ending;
  }

  /** How an image is let in. */
  enum Admission {
    /** It is on its way, or its end is told. */
    DONE,
    /** There is no room for it now; nothing is held, and it can be tried again. */
    NO_ROOM
  }

  /** Checks the image and sets it on its way; returns at once, and throws nothing. */
  Admission start() {
    try {
      FieldException.requireBytes("model", reading.model(), MAX_NAME_BYTES);
      FieldException.requireBytes("model_version", reading.version(), MAX_NAME_BYTES);
      FieldException.requireBytes("request_id", reading.requestId(), MAX_NAME_BYTES);
      PriorityClass urgency = WireNames.priority(reading.priority());
      RadiographFile file = RadiographFile.of(reading.image());
      LeasedModel model = needs.readers.acquire(reading.task(), reading.model(), reading.version());
      Admitted work = null;
      try {
        ReaderSpec reader = reader(model);
        reading.check(reader);
        var framing = Framing.of(file.width(), file.height(), reader);
        if (!take(bytes(file, framing))) {
          return Admission.NO_ROOM;
        }
        work = new Admitted(model, file, framing);
      } finally {
        if (work == null) {
          model.release().run();
        }
      }
      needs.workshop.begin(new Decoding(work), caller, urgency);
    } catch (RuntimeException e) { // the request's top: every failure becomes a status
      fail(e);
    }
    return Admission.DONE;
  }

  private static ReaderSpec reader(LeasedModel model) {
    ReaderSpec reader = model.description().reader();
    if (reader == null) {
      throw new IllegalStateException("leased as a reader");
    }
    return reader;
  }

  private long bytes(RadiographFile file, Framing framing) {
    ReaderSpec reader = framing.reader();
    long tensors =
        (long) Float.BYTES
            * reader.width()
            * reader.height()
            * (reader.channels() + (long) reader.labels().size());
    return file.heldBytes()
        + framing.workBytes()
        + tensors
        + reading.answerBytes(reader, file.width(), file.height());
  }

  private boolean take(long needed) {
    if (needed > needs.budget.limit()) {
      throw FieldException.of(
          "image",
          ErrorReason.TOO_LARGE,
          "%d bytes while it is read (expected: at most %d on this server; send a smaller image)"
              .formatted(needed, needs.budget.limit()));
    }
    boolean taken = needs.budget.take(needed);
    synchronized (this) {
      bytes = taken ? needed : 0;
    }
    return taken;
  }

  /** Ends an image that found no room. */
  void refuse() {
    fail(
        new ServerException(
            ServerReason.QUEUE_FULL,
            "the images that are being read leave no room for this one (try again in a moment)",
            RETRY));
  }

  /** Gives the budget its bytes back, once the answer is on its way. Idempotent. */
  void giveBack() {
    long held;
    synchronized (this) {
      held = bytes;
      bytes = 0;
    }
    needs.budget.giveBack(held);
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

  private synchronized void requireWanted() {
    if (cancelled) {
      throw new ServerException(ServerReason.CANCELLED, "the caller left");
    }
  }

  private void fail(RuntimeException failure) {
    ending.failed(
        Errors.of(failure instanceof FieldException field ? field.within("spec") : failure));
  }

  /** From bytes to the model's queue. */
  private final class Decoding implements Workshop.Work {
    private final Admitted work;

    private Decoding(Admitted work) {
      this.work = work;
    }

    @Override
    public void run() {
      requireWanted();
      ReaderSpec reader = work.framing.reader();
      float[] image = work.framing.fit(work.file.decode());
      var input =
          new HostTensor(
              reader.input(),
              DataType.FP32,
              List.of(1L, (long) reader.channels(), (long) reader.height(), (long) reader.width()),
              MemorySegment.ofArray(image));
      var request =
          new PlainRequest(
              reading.requestId(),
              List.of(input),
              List.of(reader.output()),
              level(reading.priority(), work.model.description().lowestPriority()),
              0,
              deadlineNanos(work.model),
              tenant);
      hand(work.model.infer().apply(request, new Listener(work)));
    }

    @Override
    public void failed(RuntimeException failure) {
      work.model.release().run();
      fail(failure);
    }
  }

  private static long level(Priority priority, long lowest) {
    return switch (WireNames.priority(priority)) {
      case HIGH -> 1;
      case NORMAL -> 0;
      case LOW -> lowest;
    };
  }

  private long deadlineNanos(LeasedModel model) {
    Deadline known = deadline;
    return known == null
        ? PlainRequest.NO_DEADLINE
        : model.nanoClock().getAsLong() + known.timeRemaining(TimeUnit.NANOSECONDS);
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

  /** Hears what the model says. */
  private final class Listener implements PlainListener {
    private final Admitted work;

    private Listener(Admitted work) {
      this.work = work;
    }

    @Override
    public void answered(PlainAnswer answer) {
      needs.workshop.finish(new Writing(work, answer));
    }

    @Override
    public void failed(RuntimeException failure) {
      work.model.release().run();
      fail(failure);
    }
  }

  /** From what the model said to the answer. */
  private final class Writing implements Workshop.Work {
    private final Admitted work;
    private final PlainAnswer answer; // owned

    private Writing(Admitted work, PlainAnswer answer) {
      this.work = work;
      this.answer = answer;
    }

    @Override
    public void run() {
      requireWanted();
      float[] output =
          answer.outputs().getFirst().bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      A written = reading.answer(work.model.description(), work.framing, output);
      end();
      ending.answered(written);
    }

    private void end() {
      answer.close();
      work.model.release().run();
    }

    @Override
    public void failed(RuntimeException failure) {
      end();
      fail(failure);
    }
  }
}
