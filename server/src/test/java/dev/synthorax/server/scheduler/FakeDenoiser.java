package dev.synthorax.server.scheduler;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Pure arithmetic in place of networks: a row's output depends on that row alone. Time passes on a
 * virtual clock.
 */
final class FakeDenoiser implements Denoiser {
  static final int ELEMENTS = 6;
  private static final List<Integer> COUNTS = List.of(2, 4, 8);

  final VirtualClock clock;
  final List<Integer> batches = new ArrayList<>();
  final List<List<Float>> timesteps = new ArrayList<>();
  boolean failing;

  FakeDenoiser(VirtualClock clock) {
    this.clock = clock;
  }

  static final class VirtualClock {
    long nanos = Long.MAX_VALUE - 1_000_000; // wraps soon: differences must be used

    long nanos() {
      return nanos;
    }
  }

  /** What a step takes on the virtual clock. */
  static long stepNanos(int paddedRows, int paddedControlRows) {
    return 1_000_000 + 500_000L * paddedRows + 300_000L * paddedControlRows;
  }

  static StepCost exactCost(double decodeNanos) {
    var step = new java.util.HashMap<Integer, Double>();
    var control = new java.util.HashMap<Integer, Double>();
    for (int count : COUNTS) {
      step.put(count, (double) stepNanos(count, 0));
      control.put(count, (double) (stepNanos(0, count) - stepNanos(0, 0)));
    }
    return new StepCost(step, control, decodeNanos);
  }

  @Override
  public int latentElements() {
    return ELEMENTS;
  }

  @Override
  public int maxRows() {
    return COUNTS.getLast();
  }

  @Override
  public int paddedRows(int rows) {
    return COUNTS.stream().filter(count -> count >= rows).findFirst().orElseThrow();
  }

  @Override
  public int paddedControlRows(int controlRows) {
    return controlRows == 0 ? 0 : paddedRows(controlRows);
  }

  @Override
  public MemorySegment predict(List<Row> rows) {
    if (failing) {
      throw new InferenceException(ErrorReason.BACKEND_FAILURE, "the fake fails as told");
    }
    batches.add(rows.size());
    timesteps.add(rows.stream().map(Row::timestep).toList());
    int masked = (int) rows.stream().filter(row -> row.mask() != null).count();
    clock.nanos += stepNanos(paddedRows(rows.size()), paddedControlRows(masked));
    float[] outputs = new float[rows.size() * ELEMENTS];
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < ELEMENTS; i++) {
        outputs[row * ELEMENTS + i] = output(rows.get(row), i);
      }
    }
    return MemorySegment.ofArray(outputs);
  }

  private static float output(Row row, int i) {
    float text = row.text() == null ? 0 : row.text()[0];
    float mask = row.mask() == null ? 0 : row.mask()[0];
    float x = row.inputScale() * row.latents()[i];
    return 0.8f * x + 0.1f * text + 0.2f * mask + 0.0001f * row.timestep();
  }
}
