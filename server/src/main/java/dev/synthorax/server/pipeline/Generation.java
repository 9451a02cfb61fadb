package dev.synthorax.server.pipeline;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.AdmissionQueue;
import dev.synthorax.server.scheduler.Conditioning;
import dev.synthorax.server.scheduler.Trajectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One request on its way through the stages.
 *
 * <p><b>Threading:</b> {@link #start} once; {@link #cancel} from any thread, at any time; the rest
 * is called by the stages.
 */
public final class Generation implements Trajectory.Listener {
  private static final long PROGRESS_NANOS = 250_000_000L;

  private final PipelineDescription pipeline;
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final AdmissionQueue queue;
  private final LongSupplier nanoClock;
  private final Stages stages;
  private final List<String> warnings;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger imagesDone = new AtomicInteger();
  private List<Trajectory> trajectories = List.of();
  private long progressNanos; // the step loop's own

  /**
   * Where a request goes next.
   *
   * @param encode takes it to the prompt encoder
   * @param denoise takes an image to the step loop
   * @param decode takes an image to the decoder
   */
  record Stages(
      Consumer<Generation> encode,
      Consumer<Trajectory> denoise,
      Consumer<DecodeStage.Task> decode) {}

  Generation(
      PipelineDescription pipeline,
      GenerationRequest request,
      GenerationListener listener,
      List<String> warnings,
      AdmissionQueue queue,
      Stages stages,
      LongSupplier nanoClock) {
    this.pipeline = pipeline;
    this.request = request;
    this.listener = listener;
    this.warnings = List.copyOf(warnings);
    this.queue = queue;
    this.stages = stages;
    this.nanoClock = nanoClock;
    this.progressNanos = nanoClock.getAsLong() - PROGRESS_NANOS;
  }

  void adopt(List<Trajectory> images) {
    trajectories = List.copyOf(images);
  }

  GenerationRequest request() {
    return request;
  }

  /** Asks for admission; where it is given, the work begins. */
  public Admission start() {
    Admission admission = queue.admit(trajectories);
    if (admission instanceof Admission.Queued queued) {
      listener.queued(queued, warnings);
      stages.encode().accept(this);
      if (ended()) { // cancelled before it was admitted: nothing else would release it
        release();
      }
    }
    return admission;
  }

  /** Ends it without a further call to the listener; its rows are free before the next step. */
  public void cancel() {
    if (ended.compareAndSet(false, true)) {
      release();
    }
  }

  private void release() {
    trajectories.forEach(Trajectory::cancel);
    trajectories.forEach(queue::release);
  }

  boolean ended() {
    return ended.get();
  }

  /** The prompt is encoded: the images go to the step loop. */
  void condition(Conditioning conditioning) {
    for (Trajectory trajectory : trajectories) {
      trajectory.condition(conditioning);
      stages.denoise().accept(trajectory);
    }
  }

  @Override
  public void stepped(Trajectory trajectory) {
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - progressNanos >= PROGRESS_NANOS && !ended()) {
      progressNanos = nowNanos;
      int done = trajectories.stream().mapToInt(Trajectory::stepsDone).sum();
      int total = trajectories.stream().mapToInt(Trajectory::stepsTotal).sum();
      listener.progress(
          new GenerationListener.Progress(done, total, imagesDone.get(), queue.eta(trajectories)));
    }
  }

  @Override
  public void denoised(Trajectory trajectory) {
    stages.decode().accept(new DecodeStage.Task(this, trajectory, nanoClock.getAsLong()));
  }

  /** An image left the decoder; the decoder stage's thread. */
  void decoded(DecodeStage.Task task, float[] samples, int width, int height) {
    if (ended()) {
      return;
    }
    Trajectory trajectory = task.trajectory();
    PngText text = Provenance.of(pipeline, request, trajectory.seed());
    byte[] data = request.settings().encoding().encode(samples, width, height, text);
    var timings =
        new GeneratedImage.Timings(
            Duration.ofNanos(trajectory.startedNanos() - trajectory.arrivalNanos()),
            Duration.ofNanos(task.denoisedNanos() - trajectory.startedNanos()),
            Duration.ofNanos(nanoClock.getAsLong() - task.denoisedNanos()));
    int index = trajectories.indexOf(trajectory);
    queue.release(trajectory);
    listener.image(new GeneratedImage(index, trajectory.seed(), data, timings));
    if (imagesDone.incrementAndGet() == trajectories.size() && ended.compareAndSet(false, true)) {
      listener.completed();
    }
  }

  @Override
  public void failed(Trajectory trajectory, RuntimeException failure) {
    fail(failure);
  }

  /** What a stage threw, as the one failure that crosses borders. */
  static InferenceException failure(String stage, RuntimeException thrown) {
    return thrown instanceof InferenceException known
        ? known
        : new InferenceException(ErrorReason.INTERNAL, stage + " broke", thrown);
  }

  /** Ends it with a failure. */
  void fail(RuntimeException failure) {
    if (ended.compareAndSet(false, true)) {
      release();
      listener.failed(failure);
    }
  }
}
