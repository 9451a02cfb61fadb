package dev.synthorax.server.scheduler;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.diffusion.StepUpdate;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pure arithmetic in place of networks: a row's output depends on that row alone. Time passes on a
 * virtual clock. A processor unless it is {@linkplain #deferred}: then a device that runs one step
 * after another, and on which a step is done when it is awaited.
 */
final class FakeExecutor implements StepExecutor<TestTrajectories.Spec> {
  static final int ELEMENTS = 6;
  static final RowCounts COUNTS = new RowCounts(List.of(2, 4, 8), List.of(2, 4, 8));

  final VirtualClock clock;
  final List<Integer> batches = new ArrayList<>();
  final List<List<Float>> timesteps = new ArrayList<>();
  @Nullable RuntimeException failing;
  @Nullable RuntimeException refusing;
  int openSlots;
  int slotLimit = Integer.MAX_VALUE;
  boolean deferred;
  final List<Slot> slots = new ArrayList<>(); // all that ever were
  final Deque<Run> underWay = new ArrayDeque<>();
  final Map<Integer, Throwable> failingRuns = new HashMap<>(); // by number, from 0
  final List<String> mistakes = new ArrayList<>();
  Runnable whileAwaited = () -> {};
  private int runs;
  private long busyUntilNanos;

  FakeExecutor(VirtualClock clock) {
    this.clock = clock;
  }

  static final class VirtualClock {
    long nanos = Long.MAX_VALUE - 1_000_000; // wraps soon: differences must be used

    long nanos() {
      return nanos;
    }
  }

  final class Slot implements LatentSlot {
    final float[] latents = new float[ELEMENTS];
    private final float[] history = new float[StepCoefficients.MAX_HISTORY * ELEMENTS];
    private final TestTrajectories.Spec spec;
    private int stepsUnderWay;
    int closes;

    private Slot(TestTrajectories.Spec spec) {
      this.spec = spec;
      CounterNoise.normal(spec.seed(), 0, 0, latents);
    }

    @Override
    public DeviceBuffer latents() {
      throw new UnsupportedOperationException("a fake's latents are on the heap");
    }

    @Override
    public void close() {
      if (closes++ == 0) {
        openSlots--;
      }
      if (stepsUnderWay > 0) {
        mistakes.add("a slot was closed with " + stepsUnderWay + " steps under way in it");
      }
    }
  }

  /** A step on the device. */
  final class Run implements StepRun {
    private final int number = runs++;
    private final List<StepRow> rows;
    private final long endNanos;

    private Run(List<StepRow> rows) {
      this.rows = List.copyOf(rows);
      long behindNanos = underWay.isEmpty() ? 0 : Math.max(0, busyUntilNanos - clock.nanos);
      endNanos = clock.nanos + behindNanos + nanosOf(rows);
      busyUntilNanos = endNanos;
    }

    @Override
    public void await() {
      whileAwaited.run();
      if (underWay.poll() != this) {
        mistakes.add("run " + number + " was awaited twice or out of order");
      }
      clock.nanos += Math.max(0, endNanos - clock.nanos);
      rows.forEach(row -> ((Slot) row.slot()).stepsUnderWay--);
      switch (failingRuns.get(number)) {
        case null -> rows.forEach(row -> update((Slot) row.slot(), row));
        case RuntimeException failure -> throw failure;
        case Throwable error -> throw (Error) error;
      }
    }
  }

  static InferenceException failure() {
    return new InferenceException(ErrorReason.BACKEND_FAILURE, "the fake fails as told");
  }

  /** What a step takes on the virtual clock. */
  static long stepNanos(int paddedRows, int paddedControlRows) {
    return 1_000_000 + 500_000L * paddedRows + 300_000L * paddedControlRows;
  }

  static StepCost exactCost(double decodeNanos) {
    Map<Integer, Double> step = new HashMap<>();
    Map<Integer, Double> control = new HashMap<>();
    for (int count : COUNTS.denoiser()) {
      step.put(count, (double) stepNanos(count, 0));
      control.put(count, (double) (stepNanos(0, count) - stepNanos(0, 0)));
    }
    return new StepCost(step, control, decodeNanos);
  }

  @Override
  public RowCounts rowCounts() {
    return COUNTS;
  }

  @Override
  @MustBeClosed
  public LatentSlot open(TestTrajectories.Spec spec) {
    if (refusing != null) {
      throw refusing;
    }
    openSlots++;
    var slot = new Slot(spec);
    slots.add(slot);
    return slot;
  }

  @Override
  public int slots() {
    return slotLimit;
  }

  @Override
  public StepRun step(List<StepRow> rows) {
    if (failing != null) {
      throw failing;
    }
    var seen = new ArrayList<Float>();
    for (StepRow row : rows) {
      seen.add(row.step().timestep());
      if (row.guided()) {
        seen.add(row.step().timestep());
      }
    }
    batches.add(seen.size());
    timesteps.add(seen);
    if (deferred) {
      var run = new Run(rows);
      rows.forEach(row -> ((Slot) row.slot()).stepsUnderWay++);
      underWay.add(run);
      return run;
    }
    rows.forEach(row -> update((Slot) row.slot(), row));
    clock.nanos += nanosOf(rows);
    return StepRun.DONE;
  }

  private static long nanosOf(List<StepRow> rows) {
    int all = rows.stream().mapToInt(row -> row.guided() ? 2 : 1).sum();
    int masked = rows.stream().mapToInt(row -> ((Slot) row.slot()).spec.masked() ? 1 : 0).sum();
    return stepNanos(COUNTS.padded(all), COUNTS.paddedControl(masked));
  }

  private static void update(Slot slot, StepRow row) {
    float[] outputs = new float[2 * ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      float x = (float) row.step().inputScale() * slot.latents[i];
      outputs[i] = 0.8f * x + 0.0001f * row.step().timestep();
      outputs[ELEMENTS + i] =
          outputs[i] + 0.1f * (slot.spec.seed() % 7) + (slot.spec.masked() ? 0.2f : 0);
    }
    float[] noise = new float[ELEMENTS];
    CounterNoise.normal(slot.spec.seed(), 0, row.number(), noise);
    StepUpdate.apply(
        row.step(),
        MemorySegment.ofArray(slot.latents),
        MemorySegment.ofArray(outputs),
        new StepUpdate.Rows(row.guided() ? 0 : 1, 1, row.guidanceScale()),
        MemorySegment.ofArray(slot.history),
        noise);
  }
}
