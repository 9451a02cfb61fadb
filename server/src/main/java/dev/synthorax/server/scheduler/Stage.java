package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step of a request's way: a bounded inbox, one named platform thread that works on what waits
 * and sleeps where nothing does, and one rule of failure.
 *
 * <ul>
 *   <li>A {@link RuntimeException} fails the items at hand and those that the worker keeps; the
 *       stage goes on. What concerns fewer items the worker deals with itself.
 *   <li>An {@link Error}, or a device that is lost, fails all that waits, is told once, and ends
 *       the thread; what is submitted later fails at once. So does an exception of the worker's
 *       that leaves items behind which the next cycle would meet again.
 * </ul>
 *
 * <p><b>Ownership:</b> owns its thread; an item belongs to the stage until the worker passes it on
 * or {@link Worker#fail} is called for it.
 *
 * <p><b>Threading:</b> any thread may call any method; the worker runs on the stage's thread, but
 * for {@link Worker#fail}, which may also run on a thread that submits or closes.
 */
public final class Stage<T> implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Stage.class);

  /**
   * What a stage does.
   *
   * @param <T> what it works on
   */
  public interface Worker<T> {
    /**
     * Works.
     *
     * @param arrived items that were submitted since, in order; empty where the last call asked for
     *     another one; valid until this method returns
     * @return whether there is more to do even if nothing arrives
     */
    boolean work(List<T> arrived);

    /** Ends an item with a failure; does nothing for one that has ended. */
    void fail(T item, RuntimeException failure);

    /** Takes out one of the items that it keeps between calls, to be failed; null: none. */
    default @Nullable T removeKept() {
      return null;
    }
  }

  private final String name;
  private final Worker<T> worker;
  private final int maxBatch;
  private final BlockingQueue<T> inbox;
  private final Consumer<InferenceException> broken;
  private final InferenceException unexplained; // made now: later there may be no memory for it
  private final List<T> batch = new ArrayList<>(); // the thread's own
  private boolean more; // the thread's own
  private volatile boolean woken;
  private volatile @Nullable RuntimeException ended;
  private volatile @Nullable Thread thread;

  /**
   * A stage that does not run yet.
   *
   * @param name of its thread
   * @param capacity most items that wait in the inbox
   * @param maxBatch most items of one call of the worker
   * @param broken told once if the stage broke down; on its thread, after all that waited was
   *     failed
   */
  public Stage(
      String name,
      int capacity,
      int maxBatch,
      Worker<T> worker,
      Consumer<InferenceException> broken) {
    this.name = requireNonNull(name, "name");
    this.worker = requireNonNull(worker, "worker");
    this.broken = requireNonNull(broken, "broken");
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch: " + maxBatch + " (expected: >= 1)");
    }
    this.maxBatch = maxBatch;
    this.inbox = new ArrayBlockingQueue<>(capacity);
    this.unexplained =
        new InferenceException(
            ErrorReason.MODEL_FAILED, name + " broke down (load the model again)");
  }

  /** Starts the thread. */
  public synchronized void start() {
    if (thread == null && ended == null) {
      thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }
  }

  /** Hands an item over; one that cannot be taken fails at once, on this thread. */
  public void submit(T item) {
    requireNonNull(item, "item");
    RuntimeException refusal = ended;
    if (refusal == null && !inbox.offer(item)) {
      refusal = full();
    }
    if (refusal != null) {
      worker.fail(item, refusal);
      return;
    }
    LockSupport.unpark(thread);
    RuntimeException late = ended; // it may have ended in between, with nobody left to look
    if (late != null && inbox.remove(item)) {
      worker.fail(item, late);
    }
  }

  /** Has the worker look again, also where nothing arrives. */
  void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  private ServerException full() {
    return new ServerException(
        ServerReason.QUEUE_FULL,
        "%s: %d wait (expected: fewer; try again in a moment)".formatted(name, inbox.size()));
  }

  private void run() {
    try {
      while (ended == null) {
        if (!cycle() && ended == null) {
          LockSupport.park(this);
          var _ = Thread.interrupted(); // or the next park would not sleep
        }
      }
      failAll(requireNonNull(ended, "ended")); // here: what the worker keeps is this thread's
    } catch (Throwable cause) { // the thread's top
      breakDown(cause);
    }
  }

  /** One cycle, on the stage's thread or a test's; returns whether there is more to do. */
  boolean cycle() {
    batch.clear();
    inbox.drainTo(batch, maxBatch);
    if (batch.isEmpty() && !more && !woken) {
      return false;
    }
    woken = false;
    more = false;
    try {
      more = worker.work(Collections.unmodifiableList(batch));
    } catch (InferenceException failure) {
      if (failure.reason() == ErrorReason.DEVICE_LOST) {
        end(failure, failure);
        return false;
      }
      fail(failure);
    } catch (RuntimeException cause) {
      fail(new InferenceException(ErrorReason.INTERNAL, name + " broke", cause));
    }
    batch.clear(); // what is done must not stay reachable from a sleeping thread
    return more || woken || !inbox.isEmpty();
  }

  private void fail(InferenceException failure) {
    for (T item : batch) {
      worker.fail(item, failure);
    }
    for (T item = worker.removeKept(); item != null; item = worker.removeKept()) {
      worker.fail(item, failure);
    }
  }

  /** The end after an error: nothing in here may keep the next thing from being done. */
  private void breakDown(Throwable cause) {
    InferenceException failure = unexplained;
    try {
      failure =
          new InferenceException(
              ErrorReason.MODEL_FAILED,
              "%s broke down: %s (load the model again)"
                  .formatted(name, cause.getClass().getSimpleName()),
              cause);
    } catch (Throwable unsaid) { // the one made in advance has to do
      cause = unsaid;
    }
    end(failure, cause);
  }

  private void end(InferenceException failure, Throwable cause) {
    ended = failure;
    failAll(failure);
    try {
      broken.accept(failure);
    } catch (Throwable unheard) {
      log("Nobody could be told that a stage broke down", unheard);
    }
    log("A stage broke down and takes no more work", cause);
  }

  private void failAll(RuntimeException failure) {
    for (int i = 0; i < batch.size(); i++) {
      failQuietly(batch.get(i), failure);
    }
    try {
      for (T item = worker.removeKept(); item != null; item = worker.removeKept()) {
        failQuietly(item, failure);
      }
    } catch (Throwable stuck) {
      log("A stage could not give up what it kept", stuck);
    }
    for (T item = inbox.poll(); item != null; item = inbox.poll()) {
      failQuietly(item, failure);
    }
  }

  private void failQuietly(T item, RuntimeException failure) {
    try {
      worker.fail(item, failure);
    } catch (Throwable unheard) {
      log("An item's failure was not heard", unheard);
    }
  }

  private void log(String message, Throwable cause) {
    try {
      logger.atError().setCause(cause).addKeyValue("stage", name).log(message);
    } catch (Throwable mute) { // without memory there is no log either
      return;
    }
  }

  /**
   * Ends the thread after the cycle under way and fails what waits, on that thread as far as it was
   * there by then. Idempotent; where the stage's own thread calls it, the cycle under way is this
   * one.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (ended == null) {
        ended =
            new ServerException(
                ServerReason.DRAINING,
                name + " has ended (the model or the server is being shut down; try again)");
      }
    }
    RuntimeException failure = requireNonNull(ended, "ended");
    Thread running = thread;
    if (running != null && running != Thread.currentThread()) {
      LockSupport.unpark(running);
      join(running);
    }
    failAll(failure);
  }

  private static void join(Thread running) {
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
