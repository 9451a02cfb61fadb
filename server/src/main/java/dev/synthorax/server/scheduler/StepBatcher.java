package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * The step loop: drain, expire, plan, execute, update. An image joins and leaves the running batch
 * at any step.
 *
 * <p><b>Threading:</b> {@link #submit} from any thread; {@link #doWork} on the thread of the {@link
 * DutyCycle} that {@link #start} makes, or on a test's. All else is that thread's own.
 */
public final class StepBatcher implements AutoCloseable {
  private final Denoiser denoiser;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final DutyCycle loop;
  private final Queue<Trajectory> inbox = new ConcurrentLinkedQueue<>(); // bounded by admission
  private final List<Trajectory> waiting = new ArrayList<>();

  /**
   * A loop that does not run yet.
   *
   * @param name of its thread
   * @param denoiser borrowed; used on the loop's thread alone
   * @param cost told what each step took
   */
  public StepBatcher(String name, Denoiser denoiser, StepCost cost, LongSupplier nanoClock) {
    this.denoiser = requireNonNull(denoiser, "denoiser");
    this.cost = requireNonNull(cost, "cost");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    this.loop = new DutyCycle(name, this::doWork);
  }

  /** Starts the loop's thread. */
  public void start() {
    loop.start();
  }

  /** Hands an admitted image over; it can be in the next step. */
  public void submit(Trajectory trajectory) {
    inbox.add(trajectory);
    loop.wake();
  }

  /** One cycle; returns the work done. */
  int doWork() {
    long nowNanos = nanoClock.getAsLong();
    int work = drain() + dropDead(nowNanos);
    if (waiting.isEmpty()) {
      return work;
    }
    waiting.sort((one, other) -> Trajectory.compare(one, other, nowNanos));
    return work + execute(BatchPlan.of(waiting, denoiser.maxRows()), nowNanos);
  }

  private int drain() {
    int drained = 0;
    for (var trajectory = inbox.poll(); trajectory != null; trajectory = inbox.poll()) {
      waiting.add(trajectory);
      drained++;
    }
    return drained;
  }

  /** Frees the rows of images nobody waits for any more. */
  private int dropDead(long nowNanos) {
    int dropped = 0;
    for (Iterator<Trajectory> all = waiting.iterator(); all.hasNext(); ) {
      Trajectory trajectory = all.next();
      if (trajectory.cancelled()) {
        all.remove();
        dropped++;
      } else if (trajectory.expired(nowNanos)) {
        all.remove();
        dropped++;
        trajectory.listener().failed(trajectory, expired(trajectory));
      }
    }
    return dropped;
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

  private int execute(BatchPlan plan, long nowNanos) {
    var rows = new ArrayList<Denoiser.Row>(plan.rows());
    for (Trajectory trajectory : plan.trajectories()) {
      trajectory.addRows(rows, nowNanos);
    }
    try {
      update(plan, denoiser.predict(rows));
    } catch (InferenceException failure) {
      fail(plan, failure);
      return plan.rows();
    } catch (RuntimeException broken) { // an image that breaks the loop must not meet it again
      fail(plan, new InferenceException(ErrorReason.INTERNAL, "a step broke", broken));
      return plan.rows();
    }
    cost.observeStep(
        denoiser.paddedRows(plan.rows()),
        denoiser.paddedControlRows(plan.controlRows()),
        nanoClock.getAsLong() - nowNanos);
    return plan.rows();
  }

  private void fail(BatchPlan plan, InferenceException failure) {
    waiting.removeAll(plan.trajectories());
    plan.trajectories().forEach(trajectory -> trajectory.listener().failed(trajectory, failure));
  }

  private void update(BatchPlan plan, MemorySegment outputs) {
    int row = 0;
    for (Trajectory trajectory : plan.trajectories()) {
      boolean last = trajectory.advance(outputs, row);
      row += trajectory.rows();
      trajectory.listener().stepped(trajectory);
      if (last) {
        waiting.remove(trajectory);
        trajectory.listener().denoised(trajectory);
      }
    }
  }

  /** Stops after the cycle under way; images left are not told. */
  @Override
  public void close() {
    loop.close();
  }
}
