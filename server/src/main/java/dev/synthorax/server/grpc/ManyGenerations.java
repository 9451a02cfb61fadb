package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.synthorax.proto.v1.Completed;
import dev.synthorax.proto.v1.GenerateManyRequest;
import dev.synthorax.proto.v1.GenerateManyResponse;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.Admission;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of GenerateMany: requests as they come, their events as they happen. The next one is
 * read once the one before is let in or has ended; one that finds no room waits until others of the
 * stream have left theirs.
 *
 * <p><b>Threading:</b> requests come on the call's thread, events on any; guarded by its own
 * monitor, which is not held while others are called.
 */
final class ManyGenerations implements StreamObserver<GenerateManyRequest> {
  private final EventStream<GenerateManyResponse> stream;
  private final RequestWindow<Request> window;
  private final ModelRepository models;
  private final MaskStage masks;
  private final NamedCalls named;

  @GuardedBy("this")
  private final Map<String, Request> byName = new HashMap<>();

  @GuardedBy("this")
  private @Nullable Request heldBack; // it found no room

  @GuardedBy("this")
  private long freed; // how often a request of the stream left room

  /** Takes over a call; on the thread that it was delivered on. Borrows the others. */
  ManyGenerations(
      ServerCallStreamObserver<GenerateManyResponse> observer,
      ModelRepository models,
      MaskStage masks,
      NamedCalls named) {
    this.models = models;
    this.masks = masks;
    this.named = named;
    stream = new EventStream<>(observer);
    stream.onEnd(this::end);
    window = new RequestWindow<>(observer, stream::complete);
  }

  private void end() {
    window.endAll().forEach(Request::end);
  }

  @Override
  public void onNext(GenerateManyRequest message) {
    try {
      switch (message.getActionCase()) {
        case SPEC -> begin(message);
        case CANCEL -> cancel(message.getCancel());
        case ACTION_NOT_SET ->
            throw FieldException.invalid("action", "nothing (expected: spec or cancel)");
      }
    } catch (FieldException e) { // nobody could be told whose mistake it is
      stream.fail(Errors.of(e));
      end();
    }
  }

  private void begin(GenerateManyRequest message) {
    String name = message.getSpec().getRequestId();
    if (name.isEmpty()) {
      throw FieldException.invalid(
          "spec.request_id", "empty (expected: a name that no other open request has)");
    }
    var request = new Request(name);
    synchronized (this) {
      if (byName.putIfAbsent(name, request) != null) {
        throw FieldException.invalid(
            "spec.request_id",
            name + " (expected: a name that no other open request of the stream has)");
      }
    }
    if (window.begin(request)) {
      request.start(message);
    }
  }

  private void cancel(String name) {
    Request request;
    synchronized (this) {
      request = byName.get(name);
    }
    if (request != null) {
      request.cancel();
    }
    window.askForMore();
  }

  /** A request holds less than before: the one that found no room asks again. */
  private synchronized void freed() {
    freed++;
    Request next = heldBack;
    if (next != null) { // not here: callers may hold monitors
      heldBack = null;
      next.askAgain(freed);
    }
  }

  /** Whether a request that found no room waits until others of the stream leave theirs. */
  private synchronized boolean holdBack(Request request) {
    if (freed > request.freedBefore) {
      request.askAgain(freed);
      return true;
    }
    if (window.open() <= 1) {
      return false; // it is others' calls that fill the server
    }
    heldBack = request;
    return true;
  }

  @Override
  public void onCompleted() {
    window.halfClose();
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  /** One request of the stream; its end is told once. */
  private final class Request implements GenerationListener, GenerationCall.Ending {
    private final String name;
    private volatile @Nullable GenerationCall call; // null: it was not taken
    private volatile @Nullable Reply reply; // not null once it is admitted
    private volatile Runnable forget = () -> {};
    private final AtomicBoolean settled = new AtomicBoolean();
    private long freedBefore; // the stream's

    private Request(String name) {
      this.name = name;
    }

    private void start(GenerateManyRequest message) {
      Deadline deadline;
      try {
        deadline = deadline(message);
      } catch (FieldException e) {
        ended(Errors.of(e));
        return;
      }
      try {
        GenerationCall begun =
            GenerationCall.open(models, message.getSpec(), deadline, this::speakOf, this);
        call = begun;
        forget = named.add(name, begun);
        begun.start(masks);
      } catch (FieldException e) { // a request holds the spec that was read
        ended(Errors.of(e.within("spec")));
      } catch (RuntimeException e) { // the request's top: every failure becomes an event
        ended(Errors.of(e));
      }
    }

    private GenerationListener speakOf(Reply read) {
      reply = read;
      return this;
    }

    private void askAgain(long freedSoFar) {
      freedBefore = freedSoFar;
      GenerationCall refused = call;
      if (refused != null) {
        Thread.ofVirtual().name("generate-many-again").start(refused::again);
      }
    }

    /** It is in, or over: the next may come. */
    private void settle() {
      if (settled.compareAndSet(false, true)) {
        window.askForMore();
      }
    }

    private void cancel() {
      GenerationCall begun = call;
      if (begun != null) {
        begun.cancel();
      }
    }

    private void end() {
      forget.run();
      GenerationCall begun = call;
      if (begun != null) {
        begun.end();
      }
    }

    private GenerateManyResponse.Builder event() {
      return GenerateManyResponse.newBuilder().setRequestId(name);
    }

    private Reply reply() {
      return requireNonNull(reply, "reply");
    }

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {
      stream.send(event().setQueued(reply().queued(admission, warnings)).build());
      settle();
    }

    @Override
    public void progress(GenerationListener.Progress progress) {
      stream.sendLatest(event().setProgress(Reply.progress(progress)).build());
    }

    @Override
    public void image(GeneratedImage image) {
      stream.send(
          event().setImage(reply().image(image)).build(),
          () -> {
            image.sent();
            freed();
          });
    }

    @Override
    public void completed() {
      finish(event().setCompleted(Completed.getDefaultInstance()).build());
    }

    @Override
    public void failed(RuntimeException failure) {
      ended(Errors.of(failure));
    }

    @Override
    public void ended(StatusRuntimeException failure) {
      finish(event().setFailure(InBandFailure.of(failure)).build());
    }

    @Override
    public void refused(Admission.Rejected rejected) {
      if (!holdBack(this)) {
        ended(Errors.of(rejected));
      }
    }

    private void finish(GenerateManyResponse event) {
      synchronized (ManyGenerations.this) {
        if (!byName.remove(name, this)) {
          return; // it was told
        }
        if (heldBack == this) {
          heldBack = null;
        }
      }
      forget.run();
      stream.send(
          event,
          () -> {
            end();
            window.taken();
            freed();
          });
      settle();
      window.end(this);
    }
  }

  private static @Nullable Deadline deadline(GenerateManyRequest message) {
    Deadline ofStream = Context.current().getDeadline();
    if (!message.hasTimeout()) {
      return ofStream;
    }
    Duration timeout = message.getTimeout();
    if (!Durations.isValid(timeout) || !Durations.isPositive(timeout)) {
      throw FieldException.invalid(
          "timeout",
          "%d s and %d ns (expected: a valid duration above 0)"
              .formatted(timeout.getSeconds(), timeout.getNanos()));
    }
    Deadline own = Deadline.after(Durations.toMicros(timeout), TimeUnit.MICROSECONDS);
    return ofStream == null ? own : own.minimum(ofStream);
  }
}
