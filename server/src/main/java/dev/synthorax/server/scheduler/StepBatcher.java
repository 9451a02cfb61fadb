package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step loop: take in, expire, plan, execute. An image joins and leaves the running batch at any
 * step; its slot is opened for its first step and closed, or handed to the listener, at its end.
 *
 * <p><b>Threading:</b> {@link #submit}, {@link #withdraw} and {@link #close} from any thread; all
 * else is the thread of the {@link Stage} that {@link #start} starts, or a test's.
 */
public final class StepBatcher implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(StepBatcher.class);

  private final StepExecutor<?> executor;
  private final RowCounts rowCounts;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final Stage<Trajectory> stage;
  private final StepOrder waiting = new StepOrder();

  /**
   * A loop that does not run yet.
   *
   * @param name of its thread
   * @param capacity most images that may be under way; admission keeps below it
   * @param executor borrowed; used on the loop's thread alone
   * @param cost told what each step took
   * @param broken see {@link Stage}
   */
  public StepBatcher(
      String name,
      int capacity,
      StepExecutor<?> executor,
      StepCost cost,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    this.executor = requireNonNull(executor, "executor");
    this.rowCounts = executor.rowCounts();
    this.cost = requireNonNull(cost, "cost");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    int messages = 2 * capacity; // an image comes once and may be withdrawn once
    this.stage = new Stage<>(name, messages, messages, new Loop(), broken);
  }

  /** Starts the loop's thread. */
  public void start() {
    stage.start();
  }

  /** Hands an admitted image over; it can be in the next step. */
  public void submit(Trajectory image) {
    stage.submit(image);
  }

  /** Frees an image's rows and slot before the next step; its listener hears no more. */
  public void withdraw(Trajectory image) {
    image.cancel();
    stage.submit(image);
  }

  /** One cycle; returns whether there is more to do. */
  boolean cycle() {
    return stage.cycle();
  }

  private final class Loop implements Stage.Worker<Trajectory> {
    @Override
    public boolean work(List<Trajectory> arrived) {
      long nowNanos = nanoClock.getAsLong();
      for (Trajectory image : arrived) {
        if (image.cancelled()) {
          drop(image);
        } else {
          waiting.add(image, nowNanos);
        }
      }
      waiting.age(nowNanos);
      expire(nowNanos);
      BatchPlan plan = plan(nowNanos);
      if (plan.rows() > 0) {
        execute(plan, nowNanos);
      }
      return !waiting.isEmpty();
    }

    @Override
    public void fail(Trajectory image, RuntimeException failure) {
      if (!image.cancelled()) { // on any thread: its slot, if it has one, may be in a step
        tellFailed(image, failure);
      }
    }

    @Override
    public @Nullable Trajectory removeKept() {
      Trajectory image = waiting.removeAny();
      if (image != null) {
        image.closeSlot();
      }
      return image;
    }
  }

  private void drop(Trajectory image) {
    waiting.remove(image);
    image.closeSlot();
  }

  private void expire(long nowNanos) {
    for (Trajectory image = waiting.removeExpired(nowNanos);
        image != null;
        image = waiting.removeExpired(nowNanos)) {
      fail(image, expired(image));
    }
  }

  private static ServerException expired(Trajectory image) {
    return new ServerException(
        ServerReason.DEADLINE_EXCEEDED,
        "the deadline passed after "
            + image.stepsDone()
            + " of "
            + image.stepsTotal()
            + " steps (allow more time or ask for fewer steps)");
  }

  /** The next batch, with a slot for each of its images; those that get none fail here. */
  private BatchPlan plan(long nowNanos) {
    while (true) {
      BatchPlan plan = waiting.plan(rowCounts.max());
      boolean whole = true;
      for (Trajectory image : plan.trajectories()) {
        whole &= ready(image, nowNanos);
      }
      if (whole) {
        return plan;
      }
    }
  }

  private boolean ready(Trajectory image, long nowNanos) {
    if (image.cancelled()) {
      drop(image);
      return false;
    }
    try {
      image.openSlot(nowNanos);
      return true;
    } catch (RuntimeException noSlot) { // the image's own: the others go on
      fail(image, broke("an image could not be begun", noSlot));
      return false;
    }
  }

  private void execute(BatchPlan plan, long nowNanos) {
    try {
      var rows = new ArrayList<StepRow>(plan.trajectories().size());
      for (Trajectory image : plan.trajectories()) {
        rows.add(image.row());
      }
      executor.step(rows).await();
    } catch (RuntimeException failure) { // an image that breaks the loop must not meet it again
      for (Trajectory image : plan.trajectories()) {
        fail(image, broke("a step broke", failure));
      }
      return;
    }
    cost.observeStep(
        rowCounts.padded(plan.rows()),
        rowCounts.paddedControl(plan.controlRows()),
        nanoClock.getAsLong() - nowNanos);
    for (Trajectory image : plan.trajectories()) {
      advance(image);
    }
  }

  private static RuntimeException broke(String what, RuntimeException failure) {
    return failure instanceof InferenceException
        ? failure
        : new InferenceException(ErrorReason.INTERNAL, what, failure);
  }

  private void advance(Trajectory image) {
    try {
      boolean last = image.advance();
      image.listener().stepped(image);
      if (last) {
        image.handOver();
        waiting.remove(image);
      }
    } catch (RuntimeException broken) { // the listener's: the other images go on
      fail(image, broke("a listener broke", broken));
    }
  }

  /** Ends an image early. */
  private void fail(Trajectory image, RuntimeException failure) {
    drop(image);
    tellFailed(image, failure);
  }

  private static void tellFailed(Trajectory image, RuntimeException failure) {
    try {
      image.listener().failed(image, failure);
    } catch (RuntimeException unheard) { // it was told, which is all that can be done for it
      logger.atError().setCause(unheard).log("A listener broke as it was told of a failure");
    }
  }

  /** Stops after the cycle under way, then fails the images that are left. */
  @Override
  public void close() {
    stage.close();
  }
}
