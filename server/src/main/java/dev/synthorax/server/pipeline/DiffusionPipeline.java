package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.ImageRoute;
import dev.synthorax.diffusion.NoiseLevel;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pictures.StartImage;
import dev.synthorax.server.scheduler.AdmissionQueue;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.scheduler.Forecasts;
import dev.synthorax.server.scheduler.RequestMeter;
import dev.synthorax.server.scheduler.RequestShare;
import dev.synthorax.server.scheduler.Trajectory;
import dev.synthorax.server.scheduler.WorkStatistics;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loaded diffusion pipeline: takes requests, lets them in, and has its instances, one on each
 * device, make their images.
 *
 * <p><b>Ownership:</b> owns its instances and the tokenizer. <b>Threading:</b> any thread may call
 * any method; {@link #close} once.
 */
public final class DiffusionPipeline implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(DiffusionPipeline.class);

  private final PipelineDescription description;
  private final PromptTokenizer tokenizer;
  private final PromptWords words;
  private final Map<NoiseScheduler.Kind, NoiseScheduler> noiseSchedulers;
  private final LongSupplier nanoClock;
  private final List<PipelineInstance> instances;
  private final Forecasts forecasts;
  private final AdmissionQueue queue;
  private final RequestMeter meter = new RequestMeter();
  private final Generation.Works works;
  private final Consumer<InferenceException> broken;
  private final AtomicInteger instancesLeft;
  private final List<String> losses = new CopyOnWriteArrayList<>();

  /**
   * Wires and starts the stages; adopts {@code networks} and {@code tokenizer}.
   *
   * @param networks one for each device; at least one
   * @param responseBytes what images may take until they are sent
   * @param broken told once if no instance is left: the pipeline makes no more images; may close it
   */
  DiffusionPipeline(
      PipelineDescription description,
      PromptTokenizer tokenizer,
      Map<NoiseScheduler.Kind, NoiseScheduler> noiseSchedulers,
      List<PipelineNetworks> networks,
      ByteBudget responseBytes,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    this.description = description;
    this.tokenizer = tokenizer;
    this.words = PromptWords.of(description.config());
    this.noiseSchedulers = Map.copyOf(noiseSchedulers);
    this.nanoClock = nanoClock;
    this.broken = broken;
    this.instancesLeft = new AtomicInteger(networks.size());
    var opened = new ArrayList<PipelineInstance>(networks.size());
    for (PipelineNetworks copy : networks) {
      opened.add(instance(opened.size(), copy, networks.size() > 1));
    }
    this.instances = List.copyOf(opened);
    this.forecasts = new Forecasts(instances.stream().map(PipelineInstance::forecast).toList());
    this.queue =
        new AdmissionQueue(
            description.config().maxQueuedImages(),
            responseBytes,
            forecasts,
            nanoClock,
            new SplittableRandom());
    this.works = new Generation.Works(queue, instances, meter, nanoClock);
    instances.forEach(PipelineInstance::start);
  }

  private PipelineInstance instance(int number, PipelineNetworks networks, boolean oneOfSeveral) {
    Device device = networks.device();
    String suffix =
        oneOfSeveral ? "-" + device.name().toLowerCase(Locale.ROOT).replace(' ', '-') : "";
    return new PipelineInstance(
        description.name() + suffix,
        networks,
        tokenizer,
        description.config(),
        nanoClock,
        failure -> lose(number, device, failure));
  }

  /** An instance makes no more images; requests go on while another one does. */
  private void lose(int number, Device device, InferenceException failure) {
    forecasts.lose(number);
    int left = instancesLeft.decrementAndGet();
    if (left == 0) {
      broken.accept(failure);
      return;
    }
    losses.add(
        "%s makes no more images; %d of %d devices are left."
            .formatted(device.name(), left, instances.size()));
    logger
        .atError()
        .addKeyValue("model", description.name())
        .addKeyValue("device", device.name())
        .addKeyValue("devicesLeft", left)
        .addKeyValue("reason", failure.getMessage())
        .log("A device is out of use; the model goes on with the others");
  }

  /** Its copies, one for each device. */
  List<PipelineInstance> instances() {
    return instances;
  }

  /** One sentence for each instance that makes no more images. */
  List<String> losses() {
    return losses;
  }

  /** What it takes and how it runs. */
  public PipelineDescription description() {
    return description;
  }

  /** The noise scheduler of that kind. */
  public NoiseScheduler noiseScheduler(NoiseScheduler.Kind kind) {
    NoiseScheduler scheduler = noiseSchedulers.get(kind);
    if (scheduler == null) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          kind + " (expected: one of " + description.noiseSchedulers() + ")");
    }
    return scheduler;
  }

  private Unconditional unconditional() {
    return description.config().unconditional();
  }

  /** Time on the clock that deadlines are given on. */
  public long nanoTime() {
    return nanoClock.getAsLong();
  }

  /** Images let in and not sent. */
  public int images() {
    return queue.images();
  }

  /** Images let in and not finished. */
  public int unfinishedImages() {
    return queue.unfinished();
  }

  /** What it did so far. */
  public WorkStatistics statistics() {
    return meter.statistics(
        queue.statistics(), instances.stream().map(PipelineInstance::statistics).toList());
  }

  /**
   * Prepares a request; {@link Generation#start} asks for admission.
   *
   * @param tenant whose request it is, which says with whom it shares the model; empty: nobody's in
   *     particular
   * @throws InferenceException {@code INVALID_ARGUMENT} if the number of steps is none that the
   *     noise scheduler takes
   */
  public Generation prepare(GenerationRequest request, String tenant, GenerationListener listener) {
    var generation = new Generation(description, request, listener, warnings(request), works);
    generation.adopt(trajectories(request, new RequestShare(tenant), generation));
    return generation;
  }

  private List<Trajectory> trajectories(
      GenerationRequest request, RequestShare share, Generation generation) {
    GenerationSettings settings = request.settings();
    ImageStart.Origin origin = origin(request);
    var steps = origin == null ? steps(settings) : origin.route().steps();
    int history = steps.stream().mapToInt(step -> step.c().size()).max().orElse(0);
    long arrivalNanos = nanoClock.getAsLong();
    var trajectories = new ArrayList<Trajectory>(settings.count());
    for (int i = 0; i < settings.count(); i++) {
      long seed = settings.seed() + i;
      trajectories.add(
          new Trajectory(
              new Trajectory.Settings(
                  steps,
                  settings.guidanceScale(),
                  request.guided(unconditional()),
                  request.controlRows(unconditional()),
                  seed,
                  settings.priority(),
                  arrivalNanos,
                  settings.deadlineNanos(),
                  share),
              source(generation, request.initialLatents(), i, seed, history, origin),
              generation));
    }
    return trajectories;
  }

  private ImageStart.@Nullable Origin origin(GenerationRequest request) {
    StartImage image = request.startImage();
    if (image == null) {
      return null;
    }
    int steps = request.settings().numInferenceSteps();
    int skipped = NoiseScheduler.skipped(steps, image.strength());
    ImageRoute route =
        planned(request.settings(), scheduler -> scheduler.fromImage(steps, skipped));
    StartImage.Redrawn redrawn = image.redrawn();
    if (redrawn == null) {
      return new ImageStart.Origin(route.start(), route, null);
    }
    PipelineDescription.LatentShape shape = description.latents();
    boolean all = image.strength() == 1; // what is redrawn then shows nothing of the other image
    return new ImageStart.Origin(
        all ? new NoiseLevel(0, route.noiseAlone()) : route.start(),
        route,
        redrawn.latents(
            shape.channels(),
            shape.height(),
            shape.width(),
            description.size().width() / shape.width()));
  }

  private List<StepCoefficients> steps(GenerationSettings settings) {
    return planned(settings, scheduler -> scheduler.steps(settings.numInferenceSteps()));
  }

  private <T> T planned(GenerationSettings settings, Function<NoiseScheduler, T> plan) {
    try {
      return plan.apply(noiseScheduler(settings.noiseScheduler()));
    } catch (IllegalArgumentException e) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  /** Opens an image's slot, with latents drawn or copied and conditions uploaded only then. */
  private Trajectory.Source source(
      Generation generation,
      float @Nullable [] given,
      int image,
      long seed,
      int history,
      ImageStart.@Nullable Origin origin) {
    int offset = image * description.latents().elements();
    return opened ->
        instances
            .get(opened.instance())
            .executor()
            .open(new ImageStart(seed, given, offset, history, generation.conditioning(), origin));
  }

  private List<String> warnings(GenerationRequest request) {
    var warnings = new ArrayList<>(description.warnings());
    warnings.addAll(losses);
    warnDropped("prompt", request.prompt(), warnings);
    warnDropped("negative_prompt", request.negativePrompt(), warnings);
    warnings.addAll(words.warnings(request.prompt(), request.negativePrompt()));
    MaskCondition masks = request.masks();
    if (masks != null) {
      warnings.addAll(masks.warnings());
    }
    if (request.settings().guidanceScale() > 1 && !request.guided(unconditional())) {
      warnings.add(
          switch (unconditional()) {
            case EMPTY_PROMPT ->
                "guidance_scale has no effect: prompt and negative_prompt are the same.";
            case ZERO -> "guidance_scale has no effect without a prompt or masks.";
          });
    }
    return warnings;
  }

  private void warnDropped(String field, String prompt, List<String> warnings) {
    int dropped = prompt.isEmpty() ? 0 : tokenizer.tokenize(prompt).dropped();
    if (dropped > 0) {
      warnings.add(
          "%s: the last %d tokens were dropped; the text encoder reads %d, start and end included."
              .formatted(field, dropped, description.maxPromptTokens()));
    }
  }

  /** Closes every instance, which fails the requests that are left. */
  @Override
  public void close() {
    try (tokenizer) {
      closeAll(instances.iterator());
    }
  }

  /** Every one, also where a device that is lost does not let its own go. */
  private static void closeAll(Iterator<PipelineInstance> left) {
    if (left.hasNext()) {
      try (var _ = left.next()) {
        closeAll(left);
      }
    }
  }
}
