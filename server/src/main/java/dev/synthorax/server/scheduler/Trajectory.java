package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.diffusion.StepUpdate;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One image on its way from noise: its own time steps, guidance and noise scheduler, and how far it
 * is.
 *
 * <p><b>Threading:</b> made and conditioned on one thread, then owned by the step loop; {@link
 * #cancel}, {@link #stepsDone} and the constants may be called from any thread.
 */
public final class Trajectory {
  /**
   * What is told about an image; called on the step loop's thread, so it returns at once. An image
   * whose listener throws has failed; the others go on.
   */
  public interface Listener {
    /** One more step is done. */
    void stepped(Trajectory trajectory);

    /** All steps are done: {@link Trajectory#latents} is final. */
    void denoised(Trajectory trajectory);

    /**
     * It ended early: the deadline passed or the backend failed. Not called after {@link
     * Trajectory#cancel}.
     *
     * @param failure an {@link dev.synthorax.engine.InferenceException} or a {@link
     *     dev.synthorax.server.failure.ServerException}
     */
    void failed(Trajectory trajectory, RuntimeException failure);
  }

  /**
   * What is known of an image before it starts.
   *
   * @param steps every step, the noisiest first
   * @param guidanceScale {@code g} in {@code e = u + g (c - u)}; read where {@code guided}
   * @param guided whether it takes a second, unconditional row
   * @param controlRows rows of a step that carry a mask: none, the conditional one, or both
   * @param seed decides all its noise
   * @param priority its class
   * @param arrivalNanos when its request arrived
   * @param deadlineNanos when it is of no more use; null: never
   */
  public record Settings(
      List<StepCoefficients> steps,
      float guidanceScale,
      boolean guided,
      int controlRows,
      long seed,
      PriorityClass priority,
      long arrivalNanos,
      @Nullable Long deadlineNanos) {
    /** Checks and copies. */
    public Settings {
      steps = List.copyOf(steps);
      requireNonNull(priority, "priority");
      if (steps.isEmpty()) {
        throw new IllegalArgumentException("steps: none (expected: at least one)");
      }
      if (controlRows < 0 || controlRows > (guided ? 2 : 1)) {
        throw new IllegalArgumentException(
            "controlRows: " + controlRows + " (expected: at most the rows of a step)");
      }
    }
  }

  /**
   * How long a request without a deadline is taken to be patient, when it is ordered among others.
   */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Settings settings;
  private final float[] latents;
  private final float[] history;
  private final Listener listener;
  private Conditioning conditioning = Conditioning.NONE;
  private long startedNanos;
  private volatile int stepsDone;
  private volatile boolean cancelled;

  /**
   * An image at its start.
   *
   * @param startLatents standard normal; owned by the trajectory from now on
   */
  public Trajectory(Settings settings, float[] startLatents, Listener listener) {
    this.settings = requireNonNull(settings, "settings");
    this.latents = requireNonNull(startLatents, "startLatents");
    this.listener = requireNonNull(listener, "listener");
    boolean remembers =
        settings.steps().stream().anyMatch(step -> step.history() != StepCoefficients.History.NONE);
    this.history = new float[remembers ? startLatents.length : 0];
  }

  /** Sets what the image shows; before it is submitted. */
  public void condition(Conditioning newConditioning) {
    conditioning = requireNonNull(newConditioning, "newConditioning");
  }

  /** The image's seed. */
  public long seed() {
    return settings.seed();
  }

  /** Latents; final once {@link Listener#denoised} was called. */
  public float[] latents() {
    return latents;
  }

  /** Steps done. */
  public int stepsDone() {
    return stepsDone;
  }

  /** Steps in all. */
  public int stepsTotal() {
    return settings.steps().size();
  }

  /** Frees its rows before the next step; any thread. */
  public void cancel() {
    cancelled = true;
  }

  /** Whether {@link #cancel} was called. */
  public boolean cancelled() {
    return cancelled;
  }

  /** When its request arrived. */
  public long arrivalNanos() {
    return settings.arrivalNanos();
  }

  /** When its first step began; meaningful once a step is done. */
  public long startedNanos() {
    return startedNanos;
  }

  /** Whether {@code nowNanos} is past its deadline. */
  public boolean expired(long nowNanos) {
    Long deadline = settings.deadlineNanos();
    return deadline != null && nowNanos - deadline >= 0;
  }

  /** Rows of one of its steps. */
  int rows() {
    return settings.guided() ? 2 : 1;
  }

  /** Rows of one of its steps that go through the ControlNet. */
  int controlRows() {
    return settings.controlRows();
  }

  int remainingSteps() {
    return settings.steps().size() - stepsDone;
  }

  Listener listener() {
    return listener;
  }

  /** Higher classes first, then the earlier deadline, then the earlier arrival. */
  static int compare(Trajectory one, Trajectory other, long nowNanos) {
    int byLevel =
        Integer.compare(
            other.settings.priority().level(nowNanos - other.settings.arrivalNanos()),
            one.settings.priority().level(nowNanos - one.settings.arrivalNanos()));
    if (byLevel != 0) {
      return byLevel;
    }
    int byDeadline =
        Long.signum(one.dueNanos() - other.dueNanos()); // differences: nanoTime may wrap
    return byDeadline != 0
        ? byDeadline
        : Long.signum(one.settings.arrivalNanos() - other.settings.arrivalNanos());
  }

  private long dueNanos() {
    Long deadline = settings.deadlineNanos();
    return deadline != null ? deadline : settings.arrivalNanos() + PATIENCE_NANOS;
  }

  /** Appends the rows of the next step: the unconditional one first where there is guidance. */
  void addRows(List<Denoiser.Row> batch, long nowNanos) {
    if (stepsDone == 0) {
      startedNanos = nowNanos;
    }
    StepCoefficients step = settings.steps().get(stepsDone);
    float scale = (float) step.inputScale();
    if (settings.guided()) {
      batch.add(
          new Denoiser.Row(
              latents,
              scale,
              step.timestep(),
              conditioning.negativeText(),
              conditioning.negativeMask()));
    }
    batch.add(
        new Denoiser.Row(
            latents, scale, step.timestep(), conditioning.text(), conditioning.mask()));
  }

  /**
   * Moves the latents one step.
   *
   * @param firstRow where {@link #addRows} put this image's rows
   * @return whether that was the last step
   */
  boolean advance(MemorySegment outputs, int firstRow) {
    StepCoefficients step = settings.steps().get(stepsDone);
    float[] noise = new float[step.d() == 0 ? 0 : latents.length];
    CounterNoise.normal(settings.seed(), 0, stepsDone + 1, noise);
    StepUpdate.apply(
        step,
        latents,
        outputs,
        new StepUpdate.Rows(firstRow, firstRow + rows() - 1, settings.guidanceScale()),
        history,
        noise);
    int done = stepsDone + 1; // one writer, the step loop
    stepsDone = done;
    return done == settings.steps().size();
  }
}
