package dev.synthorax.server.scheduler;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.StepCoefficients;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Images to schedule, and a listener that remembers. */
final class TestTrajectories {
  private static final NoiseSchedulerConfig CONFIG =
      NoiseSchedulerConfig.parse(
          """
          {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
           "steps_offset": 1, "clip_sample": false, "set_alpha_to_one": false}
          """);

  private static final Map<String, List<StepCoefficients>> STEPS = new ConcurrentHashMap<>();

  private TestTrajectories() {}

  static final class Recorder implements Trajectory.Listener {
    final List<Trajectory> denoised = new ArrayList<>();
    final Map<Trajectory, float[]> latents = new HashMap<>();
    final List<RuntimeException> failures = new ArrayList<>();
    final Map<Trajectory, Integer> answers = new HashMap<>();
    final Deque<LatentSlot> held = new ArrayDeque<>(); // as a decoder holds them
    boolean holding;
    boolean toldLate; // of a step, after how it ended
    int steps;

    @Override
    public void stepped(Trajectory trajectory) {
      steps++;
      toldLate |= answers.containsKey(trajectory);
    }

    @Override
    public void denoised(Trajectory trajectory, LatentSlot slot) {
      denoised.add(trajectory);
      latents.put(trajectory, ((FakeExecutor.Slot) ((SlotRoom.Seat) slot).slot()).latents);
      answers.merge(trajectory, 1, Integer::sum);
      if (holding) {
        held.add(slot);
      } else {
        slot.close();
      }
    }

    @Override
    public void failed(Trajectory trajectory, RuntimeException failure) {
      failures.add(failure);
      answers.merge(trajectory, 1, Integer::sum);
    }
  }

  /** What may vary from image to image. */
  record Spec(
      NoiseScheduler.Kind kind,
      int steps,
      float guidance,
      boolean masked,
      long seed,
      PriorityClass priority,
      @Nullable Long deadlineNanos) {
    static Spec of(int steps, long seed) {
      return new Spec(NoiseScheduler.Kind.DDIM, steps, 3, false, seed, PriorityClass.NORMAL, null);
    }

    Spec withPriority(PriorityClass other) {
      return new Spec(kind, steps, guidance, masked, seed, other, deadlineNanos);
    }

    Spec withoutDeadline() {
      return new Spec(kind, steps, guidance, masked, seed, priority, null);
    }

    Spec withDeadline(long nanos) {
      return new Spec(kind, steps, guidance, masked, seed, priority, nanos);
    }
  }

  /** The only image of a request. */
  static Trajectory create(
      Spec spec, long arrivalNanos, FakeExecutor executor, Trajectory.Listener listener) {
    return create(spec, new RequestShare(""), arrivalNanos, executor, listener);
  }

  static Trajectory create(
      Spec spec,
      RequestShare share,
      long arrivalNanos,
      FakeExecutor executor,
      Trajectory.Listener listener) {
    return new Trajectory(
        new Trajectory.Settings(
            STEPS.computeIfAbsent(
                spec.kind() + " " + spec.steps(),
                key -> NoiseScheduler.of(spec.kind(), CONFIG).steps(spec.steps())),
            spec.guidance(),
            spec.guidance() > 1,
            spec.masked() ? 1 : 0,
            spec.seed(),
            spec.priority(),
            arrivalNanos,
            spec.deadlineNanos(),
            share),
        image -> executor.open(spec),
        listener);
  }
}
