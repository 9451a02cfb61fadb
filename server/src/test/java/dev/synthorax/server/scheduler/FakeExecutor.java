package dev.synthorax.server.scheduler;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.diffusion.StepUpdate;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pure arithmetic in place of networks: a row's output depends on that row alone. Time passes on a
 * virtual clock.
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
    private boolean closed;

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
      if (!closed) {
        closed = true;
        openSlots--;
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
    return new Slot(spec);
  }

  @Override
  public int slots() {
    return Integer.MAX_VALUE;
  }

  @Override
  public StepRun step(List<StepRow> rows) {
    if (failing != null) {
      throw failing;
    }
    var seen = new ArrayList<Float>();
    int masked = 0;
    for (StepRow row : rows) {
      Slot slot = (Slot) row.slot();
      seen.add(row.step().timestep());
      if (row.guided()) {
        seen.add(row.step().timestep());
      }
      masked += slot.spec.masked() ? 1 : 0;
      update(slot, row);
    }
    batches.add(seen.size());
    timesteps.add(seen);
    clock.nanos += stepNanos(COUNTS.padded(seen.size()), COUNTS.paddedControl(masked));
    return StepRun.DONE;
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
