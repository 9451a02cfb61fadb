package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.measure.Histogram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step loop: take in, expire, plan, enqueue, await. An image joins and leaves the running batch
 * at any step; its slot is opened for its first step and closed, or handed to the listener, at its
 * end.
 *
 * <p>While a step runs on a device the next one is planned and enqueued, one ahead at most, so that
 * the device does not wait for the loop. What a step did is told once it is done. A step that was
 * done when its call returned, as on the processor, is told of before the next one is planned.
 *
 * <p><b>Threading:</b> {@link #submit}, {@link #withdraw} and {@link #close} from any thread; all
 * else is the thread of the {@link Stage} that {@link #start} starts, or a test's.
 */
public final class StepBatcher implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(StepBatcher.class);

  /** Steps that wait behind the running one. */
  private static final int AHEAD = 1;

  private final StepExecutor<?> executor;
  private final RowCounts rowCounts;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final Stage<Trajectory> stage;
  private final SlotRoom room;
  private final Map<Trajectory, Ticket> kept = new HashMap<>(); // taken in and not answered
  private final StepOrder waiting = new StepOrder(); // of them, those with steps to enqueue
  private final Queue<Flight> flights = new ArrayDeque<>();
  private final Histogram durations = Histogram.ofDurations();
  private final Histogram stepRows = Histogram.ofCounts();
  private long begunNanos; // when the oldest step under way began

  /** A step that was enqueued and is not awaited. */
  private record Flight(BatchPlan plan, StepRun run) {}

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
    this.room = new SlotRoom(executor.slots(), this::wake);
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

  private void wake() {
    stage.wake();
  }

  /**
   * Takes an image out of all steps that are not enqueued yet; its slot is free once those that are
   * have been done. Its listener hears no more.
   */
  public void withdraw(Trajectory image) {
    image.cancel();
    stage.submit(image);
  }

  /** What it did so far; any thread. */
  public StepStatistics statistics() {
    return new StepStatistics(durations.snapshot(), stepRows.snapshot(), room.open());
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
          kept.put(image, waiting.add(image, false, image.hasDeadline()));
        }
      }
      expire(nowNanos);
      BatchPlan plan = plan(nowNanos);
      boolean planned = plan.rows() > 0;
      boolean done = planned && enqueue(plan, nowNanos);
      if (done || flights.size() > AHEAD || (!planned && !flights.isEmpty())) {
        land(flights.remove());
      }
      return !flights.isEmpty() || (planned && !waiting.isEmpty()); // or a slot's end wakes it
    }

    @Override
    public void fail(Trajectory image, RuntimeException failure) {
      tellFailed(image, failure); // on any thread: its slot, if it has one, may be in a step
    }

    @Override
    public @Nullable Trajectory removeKept() {
      while (!flights.isEmpty()) {
        awaitQuietly(flights.remove());
      }
      Iterator<Trajectory> left = kept.keySet().iterator();
      if (!left.hasNext()) {
        return null;
      }
      Trajectory image = left.next();
      drop(image);
      return image;
    }
  }

  private void drop(Trajectory image) {
    Ticket ticket = kept.remove(image);
    if (ticket != null) {
      waiting.remove(ticket);
    }
    image.giveUp();
  }

  private void expire(long nowNanos) {
    for (Ticket late = waiting.removeExpired(nowNanos);
        late != null;
        late = waiting.removeExpired(nowNanos)) {
      fail(late.image(), expired(late.image()));
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
      BatchPlan plan = waiting.plan(rowCounts.max(), room.free(), nowNanos);
      boolean whole = true;
      for (Ticket ticket : plan.tickets()) {
        whole &= ready(ticket, nowNanos);
      }
      if (whole) {
        return plan;
      }
    }
  }

  private boolean ready(Ticket ticket, long nowNanos) {
    Trajectory image = ticket.image();
    if (image.cancelled()) {
      drop(image);
      return false;
    }
    try {
      if (!ticket.begun()) {
        image.openSlot(room, nowNanos);
      }
      waiting.putBack(ticket, 1);
      return true;
    } catch (RuntimeException noSlot) { // the image's own: the others go on
      failAll(List.of(image), broke("an image could not be begun", noSlot));
      return false;
    }
  }

  /** Sends a step off; returns whether it is done already. */
  @SuppressWarnings("ReferenceEquality") // DONE is a constant
  private boolean enqueue(BatchPlan plan, long nowNanos) {
    StepRun run;
    try {
      var rows = new ArrayList<StepRow>(plan.tickets().size());
      for (Ticket ticket : plan.tickets()) {
        rows.add(ticket.image().row());
      }
      run = executor.step(rows);
    } catch (RuntimeException failure) { // an image that breaks the loop must not meet it again
      failAll(plan.trajectories(), broke("a step broke", failure));
      return false;
    }
    if (flights.isEmpty()) {
      begunNanos = nowNanos;
    }
    flights.add(new Flight(plan, run));
    for (Ticket ticket : plan.tickets()) {
      if (ticket.image().enqueued()) {
        waiting.remove(ticket);
      }
    }
    return run == StepRun.DONE;
  }

  /** Awaits the oldest step under way and tells what it did. */
  private void land(Flight flight) {
    BatchPlan plan = flight.plan();
    RuntimeException failure = null;
    try {
      flight.run().await();
    } catch (RuntimeException late) {
      failure = late;
    } finally {
      plan.trajectories().forEach(Trajectory::landed);
    }
    long stepNanos = nanoClock.getAsLong() - begunNanos;
    begunNanos += stepNanos; // of the one behind it, if there is one
    if (failure != null) {
      failAll(plan.trajectories(), broke("a step broke", failure));
      return;
    }
    cost.observeStep(
        rowCounts.padded(plan.rows()), rowCounts.paddedControl(plan.controlRows()), stepNanos);
    durations.add(stepNanos);
    stepRows.add(plan.rows());
    plan.trajectories().forEach(this::advance);
  }

  /** The end: whatever became of the step, its images are failed. */
  private static void awaitQuietly(Flight flight) {
    try {
      flight.run().await();
    } catch (RuntimeException | Error late) {
      logger.atDebug().setCause(late).log("A step failed while the loop ended");
    } finally {
      flight.plan().trajectories().forEach(Trajectory::landed);
    }
  }

  private static InferenceException broke(String what, RuntimeException failure) {
    return failure instanceof InferenceException known
        ? known
        : new InferenceException(ErrorReason.INTERNAL, what, failure);
  }

  private void advance(Trajectory image) {
    if (!kept.containsKey(image)) {
      return; // it ended while its step was under way
    }
    if (image.cancelled()) {
      drop(image);
      return;
    }
    try {
      boolean last = image.advance();
      image.listener().stepped(image);
      if (last) {
        image.handOver();
        image.answer();
        kept.remove(image);
      }
    } catch (RuntimeException broken) { // the listener's: the other images go on
      fail(image, broke("a listener broke", broken));
    }
  }

  /** Ends images of one failure early, and the loop too where the device is lost. */
  private void failAll(List<Trajectory> images, InferenceException failure) {
    for (Trajectory image : images) {
      fail(image, failure);
    }
    if (failure.reason() == ErrorReason.DEVICE_LOST) {
      throw failure;
    }
  }

  /** Ends an image early. */
  private void fail(Trajectory image, RuntimeException failure) {
    drop(image);
    tellFailed(image, failure);
  }

  private static void tellFailed(Trajectory image, RuntimeException failure) {
    try {
      if (!image.cancelled() && image.answer()) {
        image.listener().failed(image, failure);
      }
    } catch (RuntimeException unheard) { // it was told, which is all that can be done for it
      logger.atError().setCause(unheard).log("A listener broke as it was told of a failure");
    }
  }

  /** Stops after the cycle under way, awaits the steps under way, then fails what is left. */
  @Override
  public void close() {
    stage.close();
  }
}
