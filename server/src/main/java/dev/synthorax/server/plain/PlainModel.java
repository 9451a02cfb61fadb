package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.ByteBudget;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * One version of an ONNX model that takes requests.
 *
 * <p><b>Ownership:</b> owns its plans and threads; closed once nobody uses it.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close()} waits for what runs.
 */
public final class PlainModel implements AutoCloseable {
  private static final AtomicLong OWNERS = new AtomicLong();

  private final long owner = OWNERS.getAndIncrement();
  private final PlainDescription description;
  private final Machine machine;
  private final QueueRules rules;
  private final RequestCheck check;
  private final Counters counters;
  private final AnswerOrder order;
  private final Outcomes outcomes;
  private final BatchQueue queue;
  private final List<Instance> instances;
  private final AtomicInteger working;
  private final Consumer<InferenceException> broken;
  private final List<AutoCloseable> plans;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * What models share.
   *
   * @param budget bytes of answers that may be under way, over all models
   * @param cache of answers, over all models
   * @param nanoClock of waits and deadlines
   * @param clock of the day
   */
  record Machine(
      ByteBudget budget, ResponseCache cache, LongSupplier nanoClock, InstantSource clock) {}

  /**
   * A model that takes requests.
   *
   * @param runners one an instance; adopted
   * @param plans closed after the runners
   * @param broken told once if it can serve no more
   */
  @MustBeClosed
  PlainModel(
      PlainDescription description,
      List<BatchRunner> runners,
      List<AutoCloseable> plans,
      Machine machine,
      Consumer<InferenceException> broken) {
    this.description = requireNonNull(description, "description");
    this.machine = machine;
    this.broken = broken;
    this.plans = List.copyOf(plans);
    LongSupplier nanoClock = machine.nanoClock();
    rules = QueueRules.of(description.config());
    check = new RequestCheck(description);
    counters = new Counters(machine.clock());
    order = new AnswerOrder(rules.inOrder());
    outcomes = new Outcomes(counters, machine.budget(), order, machine.cache(), owner, nanoClock);
    queue = new BatchQueue(rules, nanoClock, outcomes::fail);
    working = new AtomicInteger(runners.size());
    String name = description.name() + "/" + description.version();
    instances =
        IntStream.range(0, runners.size())
            .mapToObj(
                i ->
                    new Instance(
                        name + "-" + i,
                        queue,
                        runners.get(i),
                        outcomes,
                        counters,
                        nanoClock,
                        this::ended))
            .toList();
    instances.forEach(Instance::start);
    Thread.ofPlatform().name(name + "-timer").daemon().start(queue::expireUntilClosed);
  }

  /** What it takes and gives. */
  public PlainDescription description() {
    return description;
  }

  /** The clock of {@link PlainRequest#deadlineNanos}. */
  public long nanoTime() {
    return machine.nanoClock().getAsLong();
  }

  /**
   * Hands a request over; never waits for room or for the answer.
   *
   * @param listener told once what became of it, refusals included: {@code INVALID_ARGUMENT} with
   *     all that does not fit the model, {@code TOO_LARGE}, {@code QUEUE_FULL}, {@code
   *     QUEUE_TIMEOUT}, {@code DEADLINE_EXCEEDED}, {@code CANCELLED}, {@code DRAINING}, or why the
   *     network failed
   */
  public PlainCall infer(PlainRequest request, PlainListener listener) {
    long arrivalNanos = nanoTime();
    CheckedRequest checked;
    try {
      checked = check.check(request);
      requireRoom(checked);
    } catch (InferenceException e) {
      return refuse(listener, arrivalNanos, e);
    }
    String key = "";
    if (description.config().getResponseCache().getEnable()) {
      key = ResponseCache.key(owner, checked);
      List<HostTensor> kept = machine.cache().find(key);
      if (kept != null) {
        return answerKept(listener, arrivalNanos, kept);
      }
      counters.missed(nanoTime() - arrivalNanos);
    }
    if (!machine.budget().take(checked.outputBytes())) {
      return refuse(listener, arrivalNanos, outcomes.full(checked.outputBytes()));
    }
    int level = rules.level(request.priority());
    var pending = new Pending(checked, listener, level, arrivalNanos, request.deadlineNanos(), key);
    order.enter(pending);
    try {
      queue.add(pending, request.queueTimeoutMicros());
    } catch (RuntimeException refusal) {
      outcomes.fail(pending, refusal);
    }
    return () -> cancel(pending);
  }

  private void requireRoom(CheckedRequest checked) {
    if (checked.outputBytes() > machine.budget().limit()) {
      throw new InferenceException(
          ErrorReason.TOO_LARGE,
          "the answer has %d bytes (expected: at most %d; ask for fewer rows)"
              .formatted(checked.outputBytes(), machine.budget().limit()));
    }
  }

  private PlainCall refuse(PlainListener listener, long arrivalNanos, RuntimeException refusal) {
    counters.failed(nanoTime() - arrivalNanos, refusal);
    Outcomes.hear(() -> listener.failed(refusal));
    return () -> {};
  }

  private PlainCall answerKept(PlainListener listener, long arrivalNanos, List<HostTensor> kept) {
    counters.hit(nanoTime() - arrivalNanos);
    Outcomes.hear(() -> listener.answered(new PlainAnswer(kept, () -> {})));
    return () -> {};
  }

  private void cancel(Pending pending) {
    pending.cancel(); // first: an instance may be taking it now
    if (queue.remove(pending)) {
      outcomes.fail(pending, Instance.cancelled());
    }
  }

  /** What it did so far. */
  public PlainStatistics statistics() {
    return counters.snapshot(queue.size());
  }

  /** Has waiting threads look at the clock again. */
  void wake() {
    queue.wake();
  }

  /** An instance ended by itself: others go on, unless this was the last or memory ran out. */
  private void ended(Instance instance, Throwable cause) {
    boolean last = working.decrementAndGet() == 0;
    if (last || cause instanceof Error) {
      InferenceException failure = broken(description.name(), cause);
      queue.close(failure).forEach(each -> outcomes.fail(each, failure));
      if (!closed.get()) {
        broken.accept(failure);
      }
    }
  }

  /** What requests are told that an end of that cause left behind. */
  static InferenceException broken(String name, Throwable cause) {
    return cause instanceof InferenceException known
        ? known
        : new InferenceException(
            ErrorReason.MODEL_FAILED,
            "%s broke down: %s (load the model again)"
                .formatted(name, cause.getClass().getSimpleName()),
            cause);
  }

  /** Fails what waits, waits for what runs, and frees everything. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    var draining =
        new ServerException(
            ServerReason.DRAINING,
            description.name()
                + " has ended (the model or the server is being shut down; try again)");
    queue.close(draining).forEach(each -> outcomes.fail(each, draining));
    var parts = new ArrayList<AutoCloseable>(instances);
    parts.addAll(plans);
    parts.add(() -> machine.cache().drop(owner)); // last: a run may have kept its answer meanwhile
    closeAll(parts);
  }

  /** Every one, in order, also where another does not end well. */
  static void closeAll(List<? extends AutoCloseable> parts) {
    RuntimeException failure = null;
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) { // the others hold memory too
        if (failure == null) {
          failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
