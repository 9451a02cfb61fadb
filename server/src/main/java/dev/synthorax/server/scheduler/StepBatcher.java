package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step loop: drain, expire, plan, execute, update. An image joins and leaves the running batch
 * at any step.
 *
 * <p><b>Threading:</b> {@link #submit} and {@link #close} from any thread; all else is the thread
 * of the {@link Stage} that {@link #start} starts, or a test's.
 */
public final class StepBatcher implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(StepBatcher.class);

  private final Denoiser denoiser;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final Stage<Trajectory> stage;
  private final List<Trajectory> waiting = new ArrayList<>();

  /**
   * A loop that does not run yet.
   *
   * @param name of its thread
   * @param capacity most images that may be under way; admission keeps below it
   * @param denoiser borrowed; used on the loop's thread alone
   * @param cost told what each step took
   * @param broken see {@link Stage}
   */
  public StepBatcher(
      String name,
      int capacity,
      Denoiser denoiser,
      StepCost cost,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    this.denoiser = requireNonNull(denoiser, "denoiser");
    this.cost = requireNonNull(cost, "cost");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    this.stage = new Stage<>(name, capacity, capacity, new Loop(), broken);
  }

  /** Starts the loop's thread. */
  public void start() {
    stage.start();
  }

  /** Hands an admitted image over; it can be in the next step. */
  public void submit(Trajectory trajectory) {
    stage.submit(trajectory);
  }

  /** One cycle; returns whether there is more to do. */
  boolean cycle() {
    return stage.cycle();
  }

  private final class Loop implements Stage.Worker<Trajectory> {
    @Override
    public boolean work(List<Trajectory> arrived) {
      waiting.addAll(arrived);
      long nowNanos = nanoClock.getAsLong();
      dropDead(nowNanos);
      if (!waiting.isEmpty()) {
        waiting.sort((one, other) -> Trajectory.compare(one, other, nowNanos));
        execute(BatchPlan.of(waiting, denoiser.maxRows()), nowNanos);
      }
      return !waiting.isEmpty();
    }

    @Override
    public void fail(Trajectory trajectory, RuntimeException failure) {
      tellFailed(trajectory, failure);
    }

    @Override
    public @Nullable Trajectory removeKept() {
      return waiting.isEmpty() ? null : waiting.removeLast();
    }
  }

  /** Frees the rows of images nobody waits for any more. */
  private void dropDead(long nowNanos) {
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Trajectory trajectory = waiting.get(i);
      if (trajectory.cancelled()) {
        waiting.remove(i);
      } else if (trajectory.expired(nowNanos)) {
        waiting.remove(i);
        tellFailed(trajectory, expired(trajectory));
      }
    }
  }

  private static ServerException expired(Trajectory trajectory) {
    return new ServerException(
        ServerReason.DEADLINE_EXCEEDED,
        "the deadline passed after "
            + trajectory.stepsDone()
            + " of "
            + trajectory.stepsTotal()
            + " steps (allow more time or ask for fewer steps)");
  }

  private void execute(BatchPlan plan, long nowNanos) {
    var rows = new ArrayList<Denoiser.Row>(plan.rows());
    MemorySegment outputs;
    try {
      for (Trajectory trajectory : plan.trajectories()) {
        trajectory.addRows(rows, nowNanos);
      }
      outputs = denoiser.predict(rows);
    } catch (InferenceException failure) {
      fail(plan, failure);
      return;
    } catch (RuntimeException broken) { // an image that breaks the loop must not meet it again
      fail(plan, new InferenceException(ErrorReason.INTERNAL, "a step broke", broken));
      return;
    }
    int row = 0;
    for (Trajectory trajectory : plan.trajectories()) {
      advance(trajectory, outputs, row);
      row += trajectory.rows();
    }
    cost.observeStep(
        denoiser.paddedRows(plan.rows()),
        denoiser.paddedControlRows(plan.controlRows()),
        nanoClock.getAsLong() - nowNanos);
  }

  private void fail(BatchPlan plan, InferenceException failure) {
    for (Trajectory trajectory : plan.trajectories()) {
      fail(trajectory, failure);
    }
  }

  private void fail(Trajectory trajectory, InferenceException failure) {
    tellFailed(trajectory, failure);
    waiting.remove(trajectory);
  }

  private void advance(Trajectory trajectory, MemorySegment outputs, int row) {
    try {
      boolean last = trajectory.advance(outputs, row);
      trajectory.listener().stepped(trajectory);
      if (last) {
        trajectory.listener().denoised(trajectory);
        waiting.remove(trajectory);
      }
    } catch (RuntimeException broken) { // the listener's, or an image's own: the others go on
      fail(trajectory, new InferenceException(ErrorReason.INTERNAL, "a step broke", broken));
    }
  }

  private static void tellFailed(Trajectory trajectory, RuntimeException failure) {
    try {
      trajectory.listener().failed(trajectory, failure);
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
