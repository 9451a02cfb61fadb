package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.HostRowOperations;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.nn.onnx.ExportedPipeline;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.StepCost;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks of one pipeline, open at their row counts and probed.
 *
 * <p><b>Ownership:</b> owns plans, contexts, streams, executor and decoder, closed in reverse order
 * of opening; borrows the backend.
 *
 * <p><b>Threading:</b> opened and closed on any thread; each network is then used on one thread.
 */
final class PipelineNetworks implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(PipelineNetworks.class);

  private final Deque<AutoCloseableQuietly> open = new ArrayDeque<>();
  private final List<DeviceLane> lanes = new ArrayList<>();
  private final Backend backend;
  private final Device device;
  private final int intraOpThreads;
  private final PlanProgress progress;
  private final ExportedPipeline graphs;
  private final Path plans;
  private final DeviceLane encoding;
  private final DeviceLane denoising;
  private final DeviceLane decoding;
  private final ExecutionContext textEncoder;
  private final @Nullable ImageEncoder imageEncoder;
  private final RowContexts unet;
  private final @Nullable RowContexts controlNet;
  private final RowContexts vaeDecoder;
  private final SlotExecutor executor;
  private final LatentDecoder decoder;
  private final StepCost cost;

  private interface AutoCloseableQuietly extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Opens and probes.
   *
   * @param device one of the backend's
   * @param plans folder of compiled plans, made if a backend keeps some
   * @param progress told while plans are compiled
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED} from a graph that does not
   *     load or whose output is not finite; {@code OUT_OF_MEMORY} if the device has no room for the
   *     networks and one batch of images
   */
  @MustBeClosed
  PipelineNetworks(
      Backend backend,
      Device device,
      int intraOpThreads,
      Path plans,
      PlanProgress progress,
      ExportedPipeline graphs,
      PipelineConfig config,
      LongSupplier nanoClock) {
    this.backend = backend;
    this.intraOpThreads = intraOpThreads;
    this.device = device;
    this.plans = plans;
    this.progress = progress;
    this.graphs = graphs;
    try {
      encoding = adoptLane();
      denoising = adoptLane();
      decoding = adoptLane();
      RowOperations operations = adoptOperations();
      textEncoder =
          adoptContext(
              adoptPlan(graphs.textEncoder(), graphs.precision(), List.of(PromptEncoder.ROWS)));
      imageEncoder = adoptImageEncoder();
      Plan unetPlan = adoptPlan(graphs.unet(), graphs.precision(), config.rowCounts());
      unet = adoptContexts(unetPlan, config.rowCounts());
      var unetProbe = RowProbe.probe("unet", unetPlan, unet, denoising, nanoClock);
      Path controlNetFile = graphs.controlNet();
      Map<Integer, Double> controlNanos = Map.of();
      if (controlNetFile == null) {
        controlNet = null;
      } else {
        Plan controlPlan = adoptPlan(controlNetFile, graphs.precision(), unet.counts());
        RowContexts contexts = adoptContexts(controlPlan, unet.counts());
        controlNet = contexts;
        controlNanos =
            RowProbe.probe("controlnet", controlPlan, contexts, denoising, nanoClock).nanos();
        unet.retain(unet.counts().stream().filter(rows -> rows <= contexts.maxRows()).toList());
      }
      Plan decoderPlan =
          adoptPlan(graphs.vaeDecoder(), graphs.decoderPrecision(), config.decoderRowCounts());
      vaeDecoder = adoptContexts(decoderPlan, config.decoderRowCounts());
      var decoderProbe =
          RowProbe.probe("vae_decoder", decoderPlan, vaeDecoder, decoding, nanoClock);
      double decodeNanos =
          decoderProbe.nanos().entrySet().stream()
              .mapToDouble(measured -> measured.getValue() / measured.getKey())
              .min()
              .orElse(0);
      decoder = adoptDecoder(operations);
      executor = adoptExecutor(operations, config.maxQueuedImages()); // of what is left
      cost = new StepCost(unetProbe.nanos(), controlNanos, decodeNanos);
    } catch (RuntimeException | Error e) { // one model's Error must not leave memory to nobody
      close();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private DeviceLane adoptLane() {
    var lane = new DeviceLane(backend, device);
    lanes.add(lane);
    open.push(lane::close);
    return lane;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private RowOperations adoptOperations() {
    RowOperations operations =
        device.kind() == Device.Kind.CPU
            ? HostRowOperations.open(device)
            : backend.openRowOperations(device);
    open.push(operations::close);
    return operations;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private Plan adoptPlan(Path file, Precision precision, List<Integer> rowCounts) {
    Plan plan = openPlan(file, precision, rowCounts);
    open.push(plan::close);
    return plan;
  }

  @MustBeClosed
  private Plan openPlan(Path file, Precision precision, List<Integer> rowCounts) {
    var request =
        PlanRequest.of(file, device)
            .withPrecision(precision)
            .withRowProfiles(rowCounts.stream().sorted().toList())
            .withCache(plans)
            .withProgress(progress)
            .withIntraOpThreads(intraOpThreads);
    return backend.openPlan(request);
  }

  /** Not open yet; null where the model has none. */
  @SuppressWarnings("MustBeClosed") // the encoder closes its plan, and is closed in close()
  private @Nullable ImageEncoder adoptImageEncoder() {
    Path file = graphs.vaeEncoder();
    if (file == null) {
      return null;
    }
    List<Integer> rows = List.of(ImageEncoder.ROWS);
    var opened =
        new ImageEncoder(
            encoding,
            () -> openPlan(file, graphs.decoderPrecision(), rows),
            graphs.scalingFactor());
    open.push(opened::close);
    return opened;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private RowContexts adoptContexts(Plan plan, List<Integer> counts) {
    var contexts = new RowContexts(plan, counts);
    open.push(contexts::close);
    return contexts;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private ExecutionContext adoptContext(Plan plan) {
    ExecutionContext context = plan.openContext(PromptEncoder.ROWS);
    open.push(context::close);
    return context;
  }

  /** Row counts in use, ascending. */
  List<Integer> rowCounts() {
    return unet.counts();
  }

  /** Where they run. */
  Device device() {
    return device;
  }

  StepCost cost() {
    return cost;
  }

  PromptEncoder encoder(PromptTokenizer tokenizer) {
    return new PromptEncoder(textEncoder, encoding, tokenizer);
  }

  /** Owned by this; null where the model cannot read images. */
  @Nullable ImageEncoder imageEncoder() {
    return imageEncoder;
  }

  /** Owned by this. */
  SlotExecutor executor() {
    return executor;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private SlotExecutor adoptExecutor(RowOperations operations, int mostImages) {
    var denoiser =
        new UnetDenoiser(operations, denoising.stream(), unet, controlNet, graphs.residuals());
    var opened = new SlotExecutor(backend, denoising, operations, denoiser, mostImages);
    open.push(opened::close);
    return opened;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private LatentDecoder adoptDecoder(RowOperations operations) {
    var opened =
        new LatentDecoder(
            decoding,
            operations,
            vaeDecoder,
            graphs.imageChannels(),
            graphs.width() * graphs.height());
    open.push(opened::close);
    return opened;
  }

  /** Owned by this. */
  LatentDecoder decoder() {
    return decoder;
  }

  /** Closes all in turn; what cannot be closed, on a device that was lost, is left behind. */
  @Override
  public void close() {
    lanes.forEach(DeviceLane::settle); // what a load enqueued before it failed, too
    lanes.clear();
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException lost) {
        logger.atWarn().setCause(lost).log("A part of a model could not be closed");
      }
    }
  }
}
