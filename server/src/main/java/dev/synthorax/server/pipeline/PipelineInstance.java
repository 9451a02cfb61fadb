package dev.synthorax.server.pipeline;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.Forecast;
import dev.synthorax.server.scheduler.Stage;
import dev.synthorax.server.scheduler.StepBatcher;
import dev.synthorax.server.scheduler.StepCost;
import dev.synthorax.server.scheduler.WorkStatistics;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One copy of a pipeline, on one device: its networks and the stages that run them.
 *
 * <p><b>Ownership:</b> owns networks and stages; borrows the tokenizer.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close} once.
 */
final class PipelineInstance implements AutoCloseable {
  private final PipelineNetworks networks; // closed last
  private final Forecast forecast;
  private final Stage<Generation> encode;
  private final StepBatcher denoise;
  private final Stage<DecodeStage.Task> decode;
  private final Consumer<InferenceException> broken;
  private final AtomicBoolean toldBroken = new AtomicBoolean();

  /**
   * Wires the stages, which do not run yet; adopts {@code networks}.
   *
   * @param name of its threads
   * @param broken told once if a stage broke down: it makes no more images
   */
  PipelineInstance(
      String name,
      PipelineNetworks networks,
      PromptTokenizer tokenizer,
      PipelineConfig config,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    this.networks = networks;
    this.broken = broken;
    StepCost cost = networks.cost();
    SlotExecutor executor = networks.executor();
    LatentDecoder decoder = networks.decoder();
    int capacity = config.maxQueuedImages();
    forecast =
        new Forecast(name + "-forecast", executor.rowCounts(), cost, nanoClock, this::brokeDown);
    encode =
        new Stage<>(
            name + "-encode",
            capacity,
            1,
            new EncodeStage(
                networks.encoder(tokenizer), networks.imageEncoder(), config.unconditional()),
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
  }

  void start() {
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

  /** When the images that it was given will be done. */
  Forecast forecast() {
    return forecast;
  }

  /** Where its images are denoised; the networks'. */
  SlotExecutor executor() {
    return networks.executor();
  }

  /** Takes a request to the prompt encoder. */
  void encode(Generation generation) {
    encode.submit(generation);
  }

  /** Its step loop. */
  StepBatcher denoise() {
    return denoise;
  }

  /** What its step loop did so far. */
  WorkStatistics.DeviceSteps statistics() {
    return new WorkStatistics.DeviceSteps(networks.device().name(), denoise.statistics());
  }

  /** Takes an image to the decoder. */
  void decode(DecodeStage.Task task) {
    decode.submit(task);
  }

  /** Stops every stage after its cycle under way, fails what is left, then frees the networks. */
  @Override
  public void close() {
    encode.close();
    denoise.close();
    decode.close();
    forecast.close();
    networks.close();
  }
}
