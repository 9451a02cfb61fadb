package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.scheduler.AdmissionQueue;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.scheduler.Forecast;
import dev.synthorax.server.scheduler.Stage;
import dev.synthorax.server.scheduler.StepBatcher;
import dev.synthorax.server.scheduler.StepCost;
import dev.synthorax.server.scheduler.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A loaded diffusion pipeline: takes requests, runs them through its stages.
 *
 * <p><b>Ownership:</b> owns its stages and networks. <b>Threading:</b> any thread may call any
 * method; {@link #close} once.
 */
public final class DiffusionPipeline implements AutoCloseable {
  private final PipelineDescription description;
  private final PromptTokenizer tokenizer;
  private final PromptWords words;
  private final Map<NoiseScheduler.Kind, NoiseScheduler> noiseSchedulers;
  private final LongSupplier nanoClock;
  private final PipelineNetworks networks; // closed last
  private final SlotExecutor executor; // the networks'
  private final Forecast forecast;
  private final AdmissionQueue queue;
  private final Stage<Generation> encode;
  private final StepBatcher denoise;
  private final Stage<DecodeStage.Task> decode;
  private final Consumer<InferenceException> broken;
  private final AtomicBoolean toldBroken = new AtomicBoolean();

  /**
   * Wires and starts the stages; adopts {@code networks} and {@code tokenizer}.
   *
   * @param responseBytes what images may take until they are sent
   * @param broken told once if a stage broke down: the pipeline makes no more images; may close it
   */
  DiffusionPipeline(
      PipelineDescription description,
      PromptTokenizer tokenizer,
      Map<NoiseScheduler.Kind, NoiseScheduler> noiseSchedulers,
      PipelineNetworks networks,
      ByteBudget responseBytes,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    String name = description.name();
    this.description = description;
    this.tokenizer = tokenizer;
    this.words = PromptWords.of(description.config());
    this.noiseSchedulers = Map.copyOf(noiseSchedulers);
    this.networks = networks;
    this.nanoClock = nanoClock;
    StepCost cost = networks.cost();
    executor = networks.executor();
    this.broken = broken;
    forecast =
        new Forecast(name + "-forecast", executor.rowCounts(), cost, nanoClock, this::brokeDown);
    int capacity = description.config().maxQueuedImages();
    queue =
        new AdmissionQueue(capacity, responseBytes, forecast, nanoClock, new SplittableRandom());
    LatentDecoder decoder = networks.decoder();
    encode =
        new Stage<>(
            name + "-encode",
            capacity,
            1,
            new EncodeStage(networks.encoder(tokenizer), unconditional()),
            this::brokeDown);
    denoise =
        new StepBatcher(name + "-denoise", capacity, executor, cost, nanoClock, this::brokeDown);
    decode =
        new Stage<>(
            name + "-decode",
            capacity,
            decoder.maxRows(),
            new DecodeStage(decoder, cost, nanoClock),
            this::brokeDown);
    forecast.start();
    encode.start();
    denoise.start();
    decode.start();
  }

  private void brokeDown(InferenceException failure) {
    if (toldBroken.compareAndSet(false, true)) {
      broken.accept(failure);
    }
  }

  SlotExecutor executor() {
    return executor;
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

  /**
   * Prepares a request; {@link Generation#start} asks for admission.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if the number of steps is none that the
   *     noise scheduler takes
   */
  public Generation prepare(GenerationRequest request, GenerationListener listener) {
    var generation =
        new Generation(
            description,
            request,
            listener,
            warnings(request),
            queue,
            new Generation.Stages(encode::submit, denoise, decode::submit),
            nanoClock);
    generation.adopt(trajectories(request, generation));
    return generation;
  }

  private List<Trajectory> trajectories(GenerationRequest request, Generation generation) {
    GenerationSettings settings = request.settings();
    var steps = steps(settings);
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
                  settings.deadlineNanos()),
              source(generation, request.initialLatents(), i, seed, history),
              generation));
    }
    return trajectories;
  }

  private List<StepCoefficients> steps(GenerationSettings settings) {
    try {
      return noiseScheduler(settings.noiseScheduler()).steps(settings.numInferenceSteps());
    } catch (IllegalArgumentException e) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  /** Opens an image's slot, with latents drawn or copied and conditions uploaded only then. */
  private Trajectory.Source source(
      Generation generation, float @Nullable [] given, int image, long seed, int history) {
    int offset = image * description.latents().elements();
    return () ->
        executor.open(new ImageStart(seed, given, offset, history, generation.conditioning()));
  }

  private List<String> warnings(GenerationRequest request) {
    var warnings = new ArrayList<>(description.warnings());
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

  /**
   * Stops every stage after its cycle under way, fails the requests that are left, then frees the
   * networks.
   */
  @Override
  public void close() {
    encode.close();
    denoise.close();
    decode.close();
    forecast.close();
    networks.close();
    tokenizer.close();
  }
}
