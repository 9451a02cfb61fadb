package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.png.PngText;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.AdmissionQueue;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.RequestMeter;
import dev.synthorax.server.scheduler.Trajectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the stages.
 *
 * <p><b>Threading:</b> {@link #start} once; {@link #cancel} from any thread, at any time; the rest
 * is called by the stages.
 */
public final class Generation implements Trajectory.Listener {
  private static final Logger logger = LoggerFactory.getLogger(Generation.class);
  private static final long PROGRESS_NANOS = 250_000_000L;

  private final PipelineDescription pipeline;
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final AdmissionQueue queue;
  private final LongSupplier nanoClock;
  private final List<PipelineInstance> instances;
  private final RequestMeter meter;
  private final long arrivalNanos;
  private final List<String> warnings;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger imagesDone = new AtomicInteger();
  private List<Trajectory> trajectories = List.of();
  private volatile Conditioning conditioning = Conditioning.NONE;
  private long progressNanos; // the step loop's own

  /**
   * What all requests of a pipeline share.
   *
   * @param queue lets their images in
   * @param instances make them
   * @param meter counts what becomes of them
   */
  record Works(
      AdmissionQueue queue,
      List<PipelineInstance> instances,
      RequestMeter meter,
      LongSupplier nanoClock) {}

  Generation(
      PipelineDescription pipeline,
      GenerationRequest request,
      GenerationListener listener,
      List<String> warnings,
      Works works) {
    this.pipeline = pipeline;
    this.request = request;
    this.listener = listener;
    this.warnings = List.copyOf(warnings);
    this.queue = works.queue();
    this.instances = works.instances();
    this.meter = works.meter();
    this.nanoClock = works.nanoClock();
    this.arrivalNanos = nanoClock.getAsLong();
    this.progressNanos = arrivalNanos - PROGRESS_NANOS;
  }

  void adopt(List<Trajectory> images) {
    trajectories = List.copyOf(images);
  }

  private PipelineInstance instance(Trajectory trajectory) {
    return instances.get(trajectory.instance());
  }

  GenerationRequest request() {
    return request;
  }

  /** What the pixels of its images are to be. */
  DataType pixels() {
    return request.settings().encoding().pixels();
  }

  /**
   * Asks for admission; where it is given, the work begins. Where this throws, what the listener
   * threw for instance, nothing was begun and the listener hears no more.
   *
   * @throws ServerException {@code DEADLINE_EXCEEDED} if it would not be done in time
   * @throws InferenceException {@code TOO_LARGE} if there are more images than are ever let in
   */
  public Admission start() {
    Admission admission = queue.admit(trajectories, maxImageBytes());
    if (admission instanceof Admission.Late late) {
      throw tooLate(late);
    }
    if (admission instanceof Admission.Queued queued) {
      boolean begun = false;
      try {
        listener.queued(queued, warnings);
        instance(trajectories.getFirst()).encode(this);
        begun = true;
      } finally {
        if (!begun) {
          ended.set(true);
        }
        if (ended()) { // also where it was cancelled before it was admitted
          release();
        }
      }
    }
    return admission;
  }

  private long maxImageBytes() {
    return request
        .settings()
        .encoding()
        .maxBytes(pipeline.size().width(), pipeline.size().height(), Provenance.maxBytes(request));
  }

  private static ServerException tooLate(Admission.Late late) {
    return new ServerException(
        ServerReason.DEADLINE_EXCEEDED,
        "the images are expected in %.1f s, the deadline is in %.1f s (allow more time, or ask for fewer images or steps)"
            .formatted(late.eta().toMillis() / 1e3, late.left().toMillis() / 1e3));
  }

  /**
   * Ends it without a further call to the listener; its rows are in no step that is not enqueued
   * yet. Images that it was told of and did not send are given up too.
   */
  public void cancel() {
    if (ended.compareAndSet(false, true)) {
      release();
    }
    for (Trajectory trajectory : trajectories) {
      queue.release(trajectory);
    }
  }

  private void release() {
    for (Trajectory trajectory : trajectories) {
      queue.withdraw(trajectory);
      instance(trajectory).denoise().withdraw(trajectory);
    }
  }

  boolean ended() {
    return ended.get();
  }

  /** The prompt is encoded: the images go to the step loop. */
  void condition(Conditioning shown) {
    conditioning = shown;
    for (Trajectory trajectory : trajectories) {
      instance(trajectory).denoise().submit(trajectory);
    }
  }

  /** What its images are to show; {@link Conditioning#NONE} before it is encoded. */
  Conditioning conditioning() {
    return conditioning;
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
  public void denoised(Trajectory trajectory, LatentSlot slot) {
    instance(trajectory)
        .decode(new DecodeStage.Task(this, trajectory, slot, nanoClock.getAsLong()));
  }

  /** An image left the decoder; the decoder stage's thread. Ends this where it throws. */
  void decoded(DecodeStage.Task task, DecodedImage decoded) {
    if (ended()) {
      return;
    }
    try {
      GeneratedImage image = encoded(task, decoded);
      queue.finished(task.trajectory(), image.data().length);
      count(image.timings());
      tell(image);
      if (imagesDone.incrementAndGet() == trajectories.size() && ended.compareAndSet(false, true)) {
        meter.answered(nanoClock.getAsLong() - arrivalNanos);
        listener.completed();
      }
    } catch (RuntimeException e) { // this request's own: the others of the batch go on
      logger.atError().setCause(e).log("An image could not be finished or told of");
      fail(failure("finishing an image", e));
    }
  }

  private void count(GeneratedImage.Timings times) {
    meter.image(times.queued().toNanos(), times.denoising().toNanos(), times.decoding().toNanos());
  }

  private void tell(GeneratedImage image) {
    boolean told = false;
    try {
      listener.image(image);
      told = true;
    } finally {
      if (!told) {
        image.sent(); // nobody has it
      }
    }
  }

  private GeneratedImage encoded(DecodeStage.Task task, DecodedImage decoded) {
    requireFinite(decoded);
    Trajectory trajectory = task.trajectory();
    PngText text = provenance(trajectory.seed());
    int width = pipeline.size().width();
    int height = pipeline.size().height();
    byte[] data = request.settings().encoding().encode(decoded.pixels(), width, height, text);
    var timings =
        new GeneratedImage.Timings(
            Duration.ofNanos(trajectory.startedNanos() - trajectory.arrivalNanos()),
            Duration.ofNanos(task.denoisedNanos() - trajectory.startedNanos()),
            Duration.ofNanos(nanoClock.getAsLong() - task.denoisedNanos()));
    return new GeneratedImage(
        trajectories.indexOf(trajectory),
        trajectory.seed(),
        data,
        timings,
        () -> queue.release(trajectory));
  }

  private PngText provenance(long seed) {
    return Provenance.of(pipeline, request, seed);
  }

  private static void requireFinite(DecodedImage decoded) {
    if (!decoded.isFinite()) {
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE,
          "the image is not finite (expected: finite numbers; the weights or the settings are out"
              + " of range)");
    }
  }

  @Override
  public void failed(Trajectory trajectory, RuntimeException failure) {
    fail(failure);
  }

  private static RuntimeException failure(String work, RuntimeException thrown) {
    return thrown instanceof InferenceException
        ? thrown
        : new InferenceException(ErrorReason.INTERNAL, work + " broke", thrown);
  }

  /** Ends it with a failure, unless it has ended. */
  void fail(RuntimeException failure) {
    if (ended.compareAndSet(false, true)) {
      meter.failed(failure);
      try {
        release();
      } finally {
        tell(failure);
      }
    }
  }

  private void tell(RuntimeException failure) {
    try {
      listener.failed(failure);
    } catch (RuntimeException unheard) { // it was told, which is all that can be done for it
      logger.atError().setCause(unheard).log("A listener broke as it was told of a failure");
    }
  }
}
