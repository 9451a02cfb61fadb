package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.StepCoefficients;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One image on its way from noise: its own time steps, guidance and noise scheduler, and how far it
 * is. Its numbers are in a {@link LatentSlot}, from its first step on.
 *
 * <p><b>Ownership:</b> owns its slot until it is handed to the listener.
 *
 * <p><b>Threading:</b> made on one thread, then owned by the step loop; {@link #cancel}, {@link
 * #stepsDone} and the constants may be called from any thread.
 */
public final class Trajectory {
  /**
   * What is told about an image; called on the step loop's thread, so it returns at once. An image
   * whose listener throws has failed; the others go on.
   */
  public interface Listener {
    /** One more step is done. */
    void stepped(Trajectory trajectory);

    /**
     * All steps are done.
     *
     * @param slot its final latents; adopted
     */
    void denoised(Trajectory trajectory, LatentSlot slot);

    /**
     * It ended early: the deadline passed or the backend failed. Not called after {@link
     * Trajectory#cancel}.
     *
     * @param failure an {@link dev.synthorax.engine.InferenceException} or a {@link
     *     dev.synthorax.server.failure.ServerException}
     */
    void failed(Trajectory trajectory, RuntimeException failure);
  }

  /** Opens the slot of one image; called once, on the step loop's thread, for its first step. */
  @FunctionalInterface
  public interface Source {
    /**
     * Opens it; see {@link StepExecutor#open}.
     *
     * @param image says with which {@link Trajectory#instance}
     */
    @MustBeClosed
    LatentSlot open(Trajectory image);
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
   * @param share its request's
   */
  public record Settings(
      List<StepCoefficients> steps,
      float guidanceScale,
      boolean guided,
      int controlRows,
      long seed,
      PriorityClass priority,
      long arrivalNanos,
      @Nullable Long deadlineNanos,
      RequestShare share) {
    /** Checks and copies. */
    public Settings {
      steps = List.copyOf(steps);
      requireNonNull(priority, "priority");
      requireNonNull(share, "share");
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
  private final Source source;
  private final Listener listener;
  private final AtomicBoolean answered = new AtomicBoolean();
  private SlotRoom.@Nullable Seat seat; // this and the next two are the step loop's
  private long startedNanos;
  private int stepsEnqueued;
  private volatile int stepsDone;
  private volatile int instance; // Forecasts'
  private long admission; // this and the next are Forecast's
  private volatile long expectedNanos;
  private volatile boolean cancelled;

  /** An image at its start. */
  public Trajectory(Settings settings, Source source, Listener listener) {
    this.settings = requireNonNull(settings, "settings");
    this.source = requireNonNull(source, "source");
    this.listener = requireNonNull(listener, "listener");
  }

  /** The image's seed. */
  public long seed() {
    return settings.seed();
  }

  /** Steps done. */
  public int stepsDone() {
    return stepsDone;
  }

  /** Steps in all. */
  public int stepsTotal() {
    return settings.steps().size();
  }

  /** Says that nobody waits for it; its listener hears no more. Any thread. */
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

  /** Which of the copies of its model makes it, from 0; decided when it is admitted. */
  public int instance() {
    return instance;
  }

  void assign(int newInstance) {
    instance = newInstance;
  }

  boolean hasDeadline() {
    return settings.deadlineNanos() != null;
  }

  /** Its deadline, or where it has none, when a patient request would give up. */
  long dueNanos() {
    Long deadline = settings.deadlineNanos();
    return deadline != null ? deadline : settings.arrivalNanos() + PATIENCE_NANOS;
  }

  boolean expired(long nowNanos) {
    return hasDeadline() && nowNanos - dueNanos() >= 0;
  }

  /** Its class. */
  PriorityClass priority() {
    return settings.priority();
  }

  /** Its request's claim to steps. */
  RequestShare share() {
    return settings.share();
  }

  /** Rows of one of its steps. */
  int rows() {
    return settings.guided() ? 2 : 1;
  }

  /** Rows of one of its steps that go through the ControlNet. */
  int controlRows() {
    return settings.controlRows();
  }

  /** Its number among all that asked for admission: of two that tie, the earlier goes first. */
  long admission() {
    return admission;
  }

  void number(long newAdmission) {
    admission = newAdmission;
  }

  /** When it is expected to be done; meaningful once a forecast said so. */
  long expectedNanos() {
    return expectedNanos;
  }

  void expect(long nanos) {
    expectedNanos = nanos;
  }

  int remainingSteps() {
    return settings.steps().size() - stepsDone;
  }

  Listener listener() {
    return listener;
  }

  /** Opens its slot. */
  @SuppressWarnings("MustBeClosed") // closed in giveUp(), or by who adopts it in handOver()
  void openSlot(SlotRoom room, long nowNanos) {
    seat = room.seat(source.open(this));
    startedNanos = nowNanos;
  }

  private SlotRoom.Seat seat() {
    return requireNonNull(seat, "slot");
  }

  /** Gives its slot back, if it has one, as soon as no step is under way in it. */
  void giveUp() {
    if (seat != null) {
      seat.giveUp();
    }
  }

  /** Its next step; its slot is open. */
  StepRow row() {
    return new StepRow(
        seat().slot(),
        settings.steps().get(stepsEnqueued),
        stepsEnqueued + 1,
        settings.guided(),
        settings.guidanceScale());
  }

  /** Its next step is on its way; returns whether it was the last. */
  boolean enqueued() {
    seat().enqueued();
    return ++stepsEnqueued == settings.steps().size();
  }

  /** The oldest of its steps under way is so no more, well or badly. */
  void landed() {
    seat().landed();
  }

  /** A step is done; returns whether it was the last. */
  boolean advance() {
    int done = stepsDone + 1; // one writer, the step loop
    stepsDone = done;
    return done == settings.steps().size();
  }

  /** Hands the slot to the listener; where that throws, the slot is still this one's. */
  void handOver() {
    listener.denoised(this, seat());
    seat = null;
  }

  /** Whether nobody said yet how it ended; from now on somebody did. */
  boolean answer() {
    return answered.compareAndSet(false, true);
  }
}
