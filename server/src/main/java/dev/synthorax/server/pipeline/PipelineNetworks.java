package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.nn.onnx.ExportedPipeline;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.StepCost;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The networks of one pipeline, open at their row counts and probed.
 *
 * <p><b>Ownership:</b> owns plans, contexts and streams, closed in reverse order of opening;
 * borrows the backend.
 *
 * <p><b>Threading:</b> opened and closed on any thread; each network is then used on one thread.
 */
final class PipelineNetworks implements AutoCloseable {
  private final Deque<AutoCloseableQuietly> open = new ArrayDeque<>();
  private final Backend backend;
  private final Device device;
  private final int intraOpThreads;
  private final ExportedPipeline graphs;
  private final DeviceStream encoding;
  private final DeviceStream denoising;
  private final DeviceStream decoding;
  private final ExecutionContext textEncoder;
  private final RowContexts unet;
  private final @Nullable RowContexts controlNet;
  private final RowContexts vaeDecoder;
  private final HostStepExecutor executor;
  private final StepCost cost;

  private interface AutoCloseableQuietly extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Opens and probes.
   *
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED} from a graph that does not
   *     load or whose output is not finite
   */
  @MustBeClosed
  PipelineNetworks(
      Backend backend,
      int intraOpThreads,
      ExportedPipeline graphs,
      PipelineConfig config,
      LongSupplier nanoClock) {
    this.backend = backend;
    this.intraOpThreads = intraOpThreads;
    this.device = backend.devices().getFirst();
    this.graphs = graphs;
    try {
      encoding = adoptStream();
      denoising = adoptStream();
      decoding = adoptStream();
      textEncoder = adoptContext(adoptPlan(graphs.textEncoder(), List.of(PromptEncoder.ROWS)));
      Plan unetPlan = adoptPlan(graphs.unet(), config.rowCounts());
      unet = adoptContexts(unetPlan, config.rowCounts());
      var unetProbe = RowProbe.probe("unet", unetPlan, unet, denoising, nanoClock);
      Path controlNetFile = graphs.controlNet();
      Map<Integer, Double> controlNanos = Map.of();
      if (controlNetFile == null) {
        controlNet = null;
      } else {
        Plan controlPlan = adoptPlan(controlNetFile, unet.counts());
        RowContexts contexts = adoptContexts(controlPlan, unet.counts());
        controlNet = contexts;
        controlNanos =
            RowProbe.probe("controlnet", controlPlan, contexts, denoising, nanoClock).nanos();
        unet.retain(unet.counts().stream().filter(rows -> rows <= contexts.maxRows()).toList());
      }
      Plan decoderPlan = adoptPlan(graphs.vaeDecoder(), config.decoderRowCounts());
      vaeDecoder = adoptContexts(decoderPlan, config.decoderRowCounts());
      var decoderProbe =
          RowProbe.probe("vae_decoder", decoderPlan, vaeDecoder, decoding, nanoClock);
      double decodeNanos =
          decoderProbe.nanos().entrySet().stream()
              .mapToDouble(measured -> measured.getValue() / measured.getKey())
              .min()
              .orElse(0);
      executor = adoptExecutor();
      cost = new StepCost(unetProbe.nanos(), controlNanos, decodeNanos);
    } catch (RuntimeException | Error e) { // one model's Error must not leave memory to nobody
      close();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private DeviceStream adoptStream() {
    DeviceStream stream = backend.openStream(device);
    open.push(stream::close);
    return stream;
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private Plan adoptPlan(Path file, List<Integer> rowCounts) {
    var request =
        PlanRequest.of(file, device)
            .withRowProfiles(rowCounts.stream().sorted().toList())
            .withIntraOpThreads(intraOpThreads);
    Plan plan = backend.openPlan(request);
    open.push(plan::close);
    return plan;
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

  StepCost cost() {
    return cost;
  }

  PromptEncoder encoder(PromptTokenizer tokenizer) {
    return new PromptEncoder(textEncoder, encoding, tokenizer);
  }

  /** Owned by this. */
  HostStepExecutor executor() {
    return executor;
  }

  private HostStepExecutor adoptExecutor() {
    int latentElements = graphs.latentChannels() * graphs.latentHeight() * graphs.latentWidth();
    var denoiser =
        new UnetDenoiser(latentElements, denoising, unet, controlNet, graphs.residuals());
    var opened = new HostStepExecutor(backend, device, denoiser);
    open.push(opened::close);
    return opened;
  }

  LatentDecoder decoder() {
    return new LatentDecoder(
        vaeDecoder, decoding, graphs.imageChannels(), graphs.width() * graphs.height());
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
