package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.MemoryNeed;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.nn.onnx.ExportedPipeline;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.text.PlainText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Loads a pipeline folder: configuration, graphs, networks, probe.
 *
 * <p><b>Ownership:</b> borrows the backend. <b>Threading:</b> any thread; loads are independent.
 */
public final class PipelineLoader {
  /** Folder of the cache that holds compiled plans. */
  private static final String PLANS = "plans";

  private static final List<String> RGB = List.of("red", "green", "blue");

  private final Backend backend;
  private final List<Device> devices;
  private final int intraOpThreads;
  private final Path cache;
  private final ByteBudget responseBytes;
  private final PlanProgress progress;
  private final Exporter exporter;
  private final TokenizerReader tokenizers;
  private final LongSupplier nanoClock;

  /** Turns a folder into graphs for one size. */
  @FunctionalInterface
  interface Exporter {
    ExportedPipeline export(
        DiffusersFolder folder, PipelineConfig config, ImageSize size, Path cache, Target target);
  }

  /**
   * Where the graphs are to run.
   *
   * @param device one of several that are alike
   * @param freeBytes least of theirs; see {@link Backend#freeBytes}
   */
  record Target(Device device, long freeBytes) {}

  /** Reads a tokenizer folder for an encoder of some length. */
  @FunctionalInterface
  interface TokenizerReader {
    PromptTokenizer read(ModelFile folder, int length, int vocabulary);
  }

  /**
   * A loader for real pipelines.
   *
   * @param devices of the backend; each gets a copy of the networks
   * @param intraOpThreads as in {@link dev.synthorax.engine.PlanRequest}
   * @param cache folder for exported graphs and compiled plans; made where it is missing
   * @param responseBytes what the images of all models may take until they are sent
   * @param progress told while plans are compiled for a device
   */
  public PipelineLoader(
      Backend backend,
      List<Device> devices,
      int intraOpThreads,
      Path cache,
      ByteBudget responseBytes,
      PlanProgress progress) {
    this(
        backend,
        devices,
        intraOpThreads,
        cache,
        responseBytes,
        progress,
        PipelineLoader::export,
        ClipPrompts::read,
        System::nanoTime);
  }

  PipelineLoader(
      Backend backend,
      List<Device> devices,
      int intraOpThreads,
      Path cache,
      ByteBudget responseBytes,
      PlanProgress progress,
      Exporter exporter,
      TokenizerReader tokenizers,
      LongSupplier nanoClock) {
    this.backend = requireNonNull(backend, "backend");
    this.devices = List.copyOf(devices);
    this.intraOpThreads = intraOpThreads;
    this.cache = requireNonNull(cache, "cache");
    this.responseBytes = requireNonNull(responseBytes, "responseBytes");
    this.progress = requireNonNull(progress, "progress");
    this.exporter = exporter;
    this.tokenizers = tokenizers;
    this.nanoClock = nanoClock;
  }

  /**
   * Loads.
   *
   * @param name of the model
   * @param broken told once if the pipeline broke down and makes no more images
   * @return the caller closes it
   * @throws InferenceException {@code MODEL_FAILED} in one line, files named relative to the folder
   */
  @MustBeClosed
  public DiffusionPipeline load(String name, Path folder, Consumer<InferenceException> broken) {
    try {
      return open(name, DiffusersFolder.of(folder), broken);
    } catch (IllegalArgumentException e) { // a value that a file of the model asks for
      throw new InferenceException(
          ErrorReason.MODEL_FAILED, PlainText.line(String.valueOf(e.getMessage())), e);
    }
  }

  private static ExportedPipeline export(
      DiffusersFolder folder, PipelineConfig config, ImageSize size, Path cache, Target target) {
    Precision precision = config.precision().on(target.device());
    var need =
        MemoryNeed.of(
            folder,
            size.height(),
            size.width(),
            config.rowCounts().getLast(),
            config.decoderRowCounts().getLast(),
            precision);
    String pixels = size.width() + "x" + size.height();
    need.requireWithin(MemoryNeed.Room.machine(), folder, pixels);
    need.requireWithin(
        new MemoryNeed.Room(target.device().name(), target.freeBytes()), folder, pixels);
    return DiffusersExport.export(folder, size.height(), size.width(), cache, precision);
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the pipeline adopts the networks
  private DiffusionPipeline open(
      String name, DiffusersFolder folder, Consumer<InferenceException> broken) {
    PipelineConfig config = PipelineConfig.read(folder);
    ModelIndex index = ModelIndex.read(folder);
    FolderSchedulers schedulers =
        FolderSchedulers.read(folder, index, config.defaults().noiseScheduler());
    var warnings = new ArrayList<>(schedulers.warnings());
    ImageSize size = config.size(folder);
    Device device = devices.getFirst();
    long freeBytes = devices.stream().mapToLong(backend::freeBytes).min().orElseThrow();
    var target = new Target(device, freeBytes);
    ExportedPipeline graphs = exporter.export(folder, config, size, cache, target);
    if (config.structures().isEmpty() && graphs.conditioningChannels() > 0) {
      config = config.withStructures(channelNames(graphs.conditioningChannels()));
      warnings.add(
          "%s names no structures; the ControlNet's %d channels take masks as %s."
              .formatted(
                  PipelineConfig.FILE,
                  graphs.conditioningChannels(),
                  String.join(", ", config.structures())));
    }
    requireStructures(config, graphs);
    String version = ContentVersion.of(folder, graphs.contentHash());
    long parameters = folder.weightElements();
    PromptTokenizer tokenizer =
        tokenizers.read(folder.tokenizer(), graphs.textLength(), graphs.vocabulary());
    List<PipelineNetworks> networks;
    try {
      networks = networks(graphs, config);
    } catch (RuntimeException | Error e) { // one model's Error must not leave memory to nobody
      tokenizer.close();
      throw e;
    }
    var description =
        new PipelineDescription(
            name,
            version,
            config,
            size,
            new PipelineDescription.LatentShape(
                graphs.latentChannels(), graphs.latentHeight(), graphs.latentWidth()),
            List.copyOf(schedulers.byKind().keySet()),
            graphs.vaeEncoder() != null,
            graphs.textLength(),
            backend.name()
                + " "
                + backend.version()
                + " ("
                + (devices.size() == 1 ? "" : devices.size() + " x ")
                + device.kind()
                + (graphs.precision() == Precision.FP32 ? "" : ", " + graphs.precision())
                + ")",
            networks.getFirst().rowCounts(),
            parameters,
            warnings);
    return new DiffusionPipeline(
        description, tokenizer, schedulers.byKind(), networks, responseBytes, nanoClock, broken);
  }

  /** One copy on each device. */
  @SuppressWarnings("MustBeClosed") // the pipeline adopts them
  private List<PipelineNetworks> networks(ExportedPipeline graphs, PipelineConfig config) {
    var copies = new ArrayList<PipelineNetworks>(devices.size());
    try {
      for (Device device : devices) {
        copies.add(
            new PipelineNetworks(
                backend,
                device,
                intraOpThreads,
                cache.resolve(PLANS),
                progress,
                graphs,
                config,
                nanoClock));
      }
    } catch (RuntimeException | Error e) {
      copies.forEach(PipelineNetworks::close);
      throw e;
    }
    return copies;
  }

  private static void requireStructures(PipelineConfig config, ExportedPipeline graphs) {
    if (config.structures().size() != graphs.conditioningChannels()) {
      throw new IllegalArgumentException(
          "%s: structures: %s (expected: %d names, one for each conditioning channel of the ControlNet)"
              .formatted(PipelineConfig.FILE, config.structures(), graphs.conditioningChannels()));
    }
  }

  private static List<String> channelNames(int channels) {
    return channels == RGB.size()
        ? RGB
        : IntStream.rangeClosed(1, channels).mapToObj(i -> "channel-" + i).toList();
  }
}
