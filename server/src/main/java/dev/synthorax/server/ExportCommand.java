package dev.synthorax.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.ReaderGraph;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.NetworkGraphs;
import dev.synthorax.nn.diffusers.PipelineGraph;
import dev.synthorax.nn.export.CheckedExport;
import dev.synthorax.nn.weights.WeightFiles;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.config.PipelineConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Writes the networks of a model as ONNX files for other programs. */
@Command(
    name = "export",
    description = "Writes the networks of a model as ONNX files for other programs.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    sortOptions = false,
    footer = {
      "",
      "Each network gets a folder with model.onnx and its weights, model.onnx_data. The",
      "batch is dynamic, the image size fixed; timestep is FP32, one number a row. Each",
      "file is run beside the network on random inputs; one that differs is an error.",
      "",
      "Example:",
      "  synthorax models export my-models/chest --precision fp16 --out onnx"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FOLDER",
      description = "A pipeline in the diffusers layout, or a trained classifier or segmenter.")
  private Path folder = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the files go, below a folder for each network.")
  private Path out = Path.of("");

  @Option(
      names = "--network",
      split = ",",
      paramLabel = "NAME",
      description =
          "text_encoder, unet, controlnet, vae_decoder or vae_encoder; repeatable (default: all).")
  private List<String> networks = new ArrayList<>();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Size.class,
      description = "Pixels of the image (default: what a pipeline is served at).")
  private @Nullable ImageSize size;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description = "fp32, or fp16 with what needs more range in FP32 (default: ${DEFAULT-VALUE}).")
  private String precision = "";

  @Option(names = "--json", description = "Print one object a network.")
  private boolean json;

  /** {@code 256x256}. */
  static final class Size implements ITypeConverter<ImageSize> {
    /** Made by picocli. */
    Size() {}

    @Override
    public ImageSize convert(String value) {
      String[] sides = value.split("x", -1);
      try {
        if (sides.length == 2) {
          return new ImageSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        }
      } catch (NumberFormatException e) {
        // said below
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
      throw new TypeConversionException(
          "'%s' is no size (expected: width x height, such as 256x256)".formatted(value));
    }
  }

  @Override
  public Integer call() {
    try {
      return export(precision());
    } catch (InferenceException e) {
      return failed(e.getMessage(), 1);
    } catch (IllegalArgumentException e) {
      return failed(e.getMessage(), 2);
    } catch (IOException | UncheckedIOException e) {
      return failed(e.getClass().getSimpleName() + ": " + e.getMessage(), 1);
    }
  }

  private int export(Precision type) throws IOException {
    DiffusersFolder pipeline = DiffusersFolder.of(folder);
    if (Files.isDirectory(folder) && pipeline.isPipeline()) {
      ImageSize pixels = size == null ? PipelineConfig.read(pipeline).size(pipeline) : size;
      var graphs = new NetworkGraphs(pipeline, pixels.height(), pixels.width(), type);
      List<PipelineGraph> chosen = chosen(graphs.all());
      try (Backend backend = Backends.open("onnxruntime-cpu")) {
        var export = new CheckedExport(backend, graphs.textConfig().vocabSize());
        for (PipelineGraph graph : chosen) {
          tell(export.write(graph, pipeline.weights(graph.component()), out.resolve(graph.name())));
        }
      }
      return 0;
    }
    Path weights = folder.resolve("model.safetensors");
    if (!Files.isRegularFile(weights)) {
      throw new IllegalArgumentException(
          folder
              + ": no model (expected: a pipeline in the diffusers layout, or a classifier or"
              + " segmenter as training leaves it)");
    }
    ReaderGraph graph = reader(type);
    chosen(List.of(graph));
    try (Backend backend = Backends.open("onnxruntime-cpu")) {
      tell(
          new CheckedExport(backend, 1)
              .write(graph, WeightFiles.of(weights), out.resolve(graph.name())));
    }
    return 0;
  }

  private ReaderGraph reader(Precision type) throws IOException {
    if (size == null) {
      throw new IllegalArgumentException(
          "--size: absent (expected: width x height of the images that it is to read, such as"
              + " 256x256)");
    }
    int labels = Files.readAllLines(folder.resolve("labels.txt")).size();
    ReaderConfig config = ReaderConfig.read(folder.resolve("config.json"), labels);
    return new ReaderGraph(config, size.height(), size.width(), type);
  }

  private <T extends NetworkGraph> List<T> chosen(List<T> all) {
    if (networks.isEmpty()) {
      return all;
    }
    List<String> names = all.stream().map(NetworkGraph::name).toList();
    List<String> unknown = networks.stream().filter(name -> !names.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "--network: %s: not in %s (expected: of %s)"
              .formatted(String.join(", ", unknown), folder, String.join(", ", names)));
    }
    return all.stream().filter(graph -> networks.contains(graph.name())).toList();
  }

  private void tell(CheckedExport.Written written) throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    printer.println(json ? json(written) : inWords(written));
    printer.flush();
  }

  private Precision precision() {
    return switch (precision.toLowerCase(Locale.ROOT)) {
      case "fp32" -> Precision.FP32;
      case "fp16" -> Precision.FP16;
      default ->
          throw new ParameterException(
              spec.commandLine(), "--precision: " + precision + " (expected: fp32 or fp16)");
    };
  }

  private static String inWords(CheckedExport.Written written) {
    return String.format(
        Locale.ROOT,
        "%s: %s, within %.1e of the network: %s",
        written.network(),
        name(written.precision()),
        written.difference(),
        written.file());
  }

  private static String json(CheckedExport.Written written) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("network", written.network());
    facts.put("precision", name(written.precision()));
    facts.put("difference", written.difference());
    facts.put("file", written.file().toString());
    return new JsonMapper().writeValueAsString(facts);
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private int failed(@Nullable String message, int exitCode) {
    Main.printError(spec, message);
    return exitCode;
  }
}
