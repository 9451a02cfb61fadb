package dev.synthorax.server.plain;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.Counters.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the places where a model runs: takes requests that are to be run together, runs them, and
 * tells their listeners. A run that fails is done again request by request, so that a bad one fails
 * alone. A device that is lost, or an {@link Error}, ends the instance.
 *
 * <p><b>Ownership:</b> owns its runner and its thread.
 *
 * <p><b>Threading:</b> {@link #start} and {@link #close} once, from any thread but its own.
 */
final class Instance implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Instance.class);

  private final Thread thread;
  private final BatchQueue queue;
  private final BatchRunner runner;
  private final Outcomes outcomes;
  private final Counters counters;
  private final LongSupplier nanoClock;
  private final BiConsumer<Instance, Throwable> broken;

  /**
   * An instance that does not run yet.
   *
   * @param runner adopted
   * @param broken told once, on its thread, if it ends before the queue is closed
   */
  Instance(
      String name,
      BatchQueue queue,
      BatchRunner runner,
      Outcomes outcomes,
      Counters counters,
      LongSupplier nanoClock,
      BiConsumer<Instance, Throwable> broken) {
    this.queue = queue;
    this.runner = runner;
    this.outcomes = outcomes;
    this.counters = counters;
    this.nanoClock = nanoClock;
    this.broken = broken;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    List<Pending> batch = List.of();
    try {
      for (var next = queue.take(); next != null; next = queue.take()) {
        batch = next;
        work(batch);
        batch = List.of(); // what is done must not stay reachable from a sleeping thread
      }
    } catch (Throwable cause) { // the thread's top
      InferenceException failure = PlainModel.broken(thread.getName(), cause);
      for (Pending each : batch) {
        outcomes.failRun(each, failure);
      }
      logger.atError().setCause(cause).addKeyValue("instance", thread.getName()).log("It ended");
      broken.accept(this, cause);
    }
  }

  private void work(List<Pending> batch) {
    try {
      attempt(batch);
    } catch (InferenceException failure) {
      if (failure.reason() == ErrorReason.DEVICE_LOST) {
        throw failure;
      }
      failOrPart(batch, failure);
    } catch (RuntimeException cause) {
      failOrPart(
          batch, new InferenceException(ErrorReason.INTERNAL, thread.getName() + " broke", cause));
    }
  }

  private void failOrPart(List<Pending> batch, InferenceException failure) {
    if (batch.size() == 1) {
      outcomes.failRun(batch.getFirst(), failure);
    } else {
      batch.forEach(each -> work(List.of(each)));
    }
  }

  private void attempt(List<Pending> taken) {
    List<Pending> batch = taken.stream().filter(each -> !droppedAsCancelled(each)).toList();
    if (batch.isEmpty()) {
      return;
    }
    long startNanos = nanoClock.getAsLong();
    int rows = batch.stream().mapToInt(Pending::rows).sum();
    var outputs = new ArrayList<List<HostTensor>>(batch.size());
    Times times;
    try {
      runner.load(batch.stream().map(Pending::request).toList(), rows);
      long loadedNanos = nanoClock.getAsLong();
      runner.compute();
      long computedNanos = nanoClock.getAsLong();
      int firstRow = 0;
      for (Pending each : batch) {
        outputs.add(each.isCancelled() ? List.of() : runner.unload(each.request(), firstRow));
        firstRow += each.rows();
      }
      times = new Times(startNanos, loadedNanos, computedNanos, nanoClock.getAsLong());
    } finally {
      runner.finish();
    }
    counters.ran(rows, times);
    for (int i = 0; i < batch.size(); i++) {
      Pending each = batch.get(i);
      if (!droppedAsCancelled(each)) {
        outcomes.answer(each, outputs.get(i), times);
      }
    }
  }

  private boolean droppedAsCancelled(Pending pending) {
    boolean cancelled = pending.isCancelled();
    if (cancelled) {
      outcomes.failRun(pending, cancelled());
    }
    return cancelled;
  }

  static ServerException cancelled() {
    return new ServerException(ServerReason.CANCELLED, "the caller left");
  }

  /** Waits for the run under way, once the queue is closed, and frees the runner. */
  @Override
  public void close() {
    try (runner) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
