package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.nn.onnx.ExportedPipeline;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
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
  private static final List<String> RGB = List.of("red", "green", "blue");

  private final Backend backend;
  private final int intraOpThreads;
  private final Path cache;
  private final ByteBudget responseBytes;
  private final Exporter exporter;
  private final TokenizerReader tokenizers;
  private final LongSupplier nanoClock;

  /** Turns a folder into graphs for one size. */
  @FunctionalInterface
  interface Exporter {
    ExportedPipeline export(Path folder, int height, int width, Path cache);
  }

  /** Reads a tokenizer folder for an encoder of some length. */
  @FunctionalInterface
  interface TokenizerReader {
    PromptTokenizer read(Path folder, int length) throws IOException;
  }

  /**
   * A loader for real pipelines.
   *
   * @param intraOpThreads as in {@link dev.synthorax.engine.PlanRequest}
   * @param cache folder for exported graphs; made where it is missing
   * @param responseBytes what the images of all models may take until they are sent
   */
  public PipelineLoader(Backend backend, int intraOpThreads, Path cache, ByteBudget responseBytes) {
    this(
        backend,
        intraOpThreads,
        cache,
        responseBytes,
        DiffusersExport::export,
        ClipPrompts::read,
        System::nanoTime);
  }

  PipelineLoader(
      Backend backend,
      int intraOpThreads,
      Path cache,
      ByteBudget responseBytes,
      Exporter exporter,
      TokenizerReader tokenizers,
      LongSupplier nanoClock) {
    this.backend = requireNonNull(backend, "backend");
    this.intraOpThreads = intraOpThreads;
    this.cache = requireNonNull(cache, "cache");
    this.responseBytes = requireNonNull(responseBytes, "responseBytes");
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
      return open(name, folder, broken);
    } catch (RuntimeException e) { // a model that breaks must not stop the others
      String message =
          relative(relative(String.valueOf(e.getMessage()), folder), cache)
              .lines()
              .findFirst()
              .orElse("it did not load");
      throw new InferenceException(ErrorReason.MODEL_FAILED, message, e);
    }
  }

  /** Names files below a folder without it: a client need not know where models lie. */
  private static String relative(String message, Path folder) {
    return message.replace(folder + folder.getFileSystem().getSeparator(), "");
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the pipeline adopts the networks
  private DiffusionPipeline open(String name, Path folder, Consumer<InferenceException> broken) {
    PipelineConfig config = PipelineConfig.read(folder);
    ModelIndex index = ModelIndex.read(folder);
    FolderSchedulers schedulers =
        FolderSchedulers.read(folder, index, config.defaults().noiseScheduler());
    var warnings = new ArrayList<>(schedulers.warnings());
    ImageSize size = config.sizes().isEmpty() ? trainedSize(folder) : config.sizes().getFirst();
    ExportedPipeline graphs = exporter.export(folder, size.height(), size.width(), cache);
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
    long parameters = ParameterCount.of(folder);
    PromptTokenizer tokenizer = tokenizer(folder, graphs.textLength());
    PipelineNetworks networks;
    try {
      networks = new PipelineNetworks(backend, intraOpThreads, graphs, config, nanoClock);
    } catch (RuntimeException e) {
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
            graphs.textLength(),
            backend.name()
                + " "
                + backend.version()
                + " ("
                + backend.devices().getFirst().kind()
                + ")",
            networks.rowCounts(),
            parameters,
            warnings);
    return new DiffusionPipeline(
        description, tokenizer, schedulers.byKind(), networks, responseBytes, nanoClock, broken);
  }

  private PromptTokenizer tokenizer(Path folder, int length) {
    try {
      return tokenizers.read(folder.resolve("tokenizer"), length);
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "tokenizer: cannot be read (expected: vocab.json and merges.txt)",
          e);
    }
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

  /** The U-Net's sample size in pixels. */
  private static ImageSize trainedSize(Path folder) {
    Path unet = folder.resolve("unet/config.json");
    List<Integer> sides = UNet2DConditionConfig.read(unet).sampleSize();
    if (sides.isEmpty()) {
      throw new IllegalArgumentException(
          unet + ": no sample_size (expected: one, or sizes in " + PipelineConfig.FILE + ")");
    }
    int factor = AutoencoderConfig.read(folder.resolve("vae/config.json")).spatialFactor();
    try {
      return new ImageSize(sides.get(1) * factor, sides.get(0) * factor);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          unet + ": sample_size " + sides + ": " + e.getMessage(), e);
    }
  }
}
