package dev.synthorax.client.cli.generation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.terminal.Terminal;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelState;
import dev.synthorax.proto.v1.PlainModel;
import dev.synthorax.proto.v1.ReaderModel;
import dev.synthorax.proto.v1.TensorDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists a server's models, or describes one. */
@Command(
    name = "models",
    description = "Lists the models of a server, or describes one.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax models",
      "  synthorax models cxr-mini --server localhost:8001",
      "  synthorax models export FOLDER --out onnx",
      "",
      "'models export' writes a pipeline's networks as ONNX files for other programs;",
      "it has options of its own: 'synthorax models export --help'."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class ModelsCommand implements Callable<Integer> {
  private static final int SHORT_VERSION = 12;
  private static final int MIN_COLUMN = 24;
  private static final String WORDS = "words";
  private static final String WARNINGS = "warnings";

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "The model to describe.")
  private @Nullable String name;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      if (name == null) {
        list(connection.client().models(), out);
      } else {
        describe(connection.client().model(name, ""), output.json(), out);
      }
    }
    return ExitCode.OK;
  }

  /** Returns the first digits of a version: enough to tell versions apart by eye. */
  static String shortVersion(String version) {
    return version.length() <= SHORT_VERSION ? version : version.substring(0, SHORT_VERSION);
  }

  private void list(List<Model> models, PrintWriter out) throws IOException {
    if (output.json()) {
      out.println(
          new JsonMapper().writeValueAsString(models.stream().map(ModelsCommand::facts).toList()));
      return;
    }
    if (models.isEmpty()) {
      out.println("No models.");
      return;
    }
    int width = models.stream().mapToInt(model -> model.getName().length()).max().orElse(4);
    String row = "%-" + Math.max(width, 4) + "s  %-" + SHORT_VERSION + "s  %-8s  ";
    out.println(String.format(Locale.ROOT, row, "NAME", "VERSION", "STATE") + "DESCRIPTION");
    for (Model model : models) {
      String about =
          model.getStateReason().isEmpty() ? model.getDescription() : model.getStateReason();
      printWrapped(
          out,
          String.format(
              Locale.ROOT, row, model.getName(), shortVersion(model.getVersion()), state(model)),
          about);
    }
    for (Model model : models) {
      for (String warning : model.getWarningsList()) {
        out.println("warning: " + model.getName() + ": " + warning);
      }
    }
  }

  /** Prints all that a server says of one model. */
  static void describe(Model model, boolean json, PrintWriter out) throws IOException {
    Map<String, Object> facts = facts(model);
    if (json) {
      out.println(new JsonMapper().writeValueAsString(facts));
      return;
    }
    facts.forEach(
        (fact, value) -> {
          if (fact.equals(WARNINGS)) {
            model.getWarningsList().forEach(warning -> out.println("warning: " + warning));
            return;
          }
          String text = text(fact, value);
          if (!text.isEmpty()) {
            printWrapped(out, String.format(Locale.ROOT, "%-22s ", label(fact)), text);
          }
        });
  }

  /** Prints {@code head} and, in a column beside it, {@code text}: 80 columns where words allow. */
  private static void printWrapped(PrintWriter out, String head, String text) {
    int width = Math.max(MIN_COLUMN, Terminal.WIDTH - head.length());
    StringBuilder line = new StringBuilder(head);
    for (String word : text.split(" ", -1)) {
      if (line.length() > head.length()) {
        if (line.length() + 1 + word.length() > head.length() + width) {
          out.println(line.toString().stripTrailing());
          line = new StringBuilder(" ".repeat(head.length()));
        } else {
          line.append(' ');
        }
      }
      line.append(word);
    }
    out.println(line.toString().stripTrailing());
  }

  /** Words are many: their number is enough for a person, {@code --json} lists them. */
  private static String text(String fact, Object value) {
    if (!(value instanceof List<?> values)) {
      return String.valueOf(value);
    }
    if (fact.equals(WORDS)) {
      return values.isEmpty() ? "" : values.size() + " (--json lists them)";
    }
    return String.join(", ", values.stream().map(String::valueOf).toList());
  }

  private static String label(String key) {
    return key.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  private static String state(Model model) {
    return model.getState() == ModelState.UNRECOGNIZED
        ? "unknown"
        : model.getState().name().replace("MODEL_STATE_", "").toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> facts(Model model) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", model.getName());
    facts.put("version", model.getVersion());
    facts.put("state", state(model));
    facts.put("stateReason", model.getStateReason());
    facts.put("description", model.getDescription());
    if (model.hasDiffusion()) {
      DiffusionModel diffusion = model.getDiffusion();
      facts.put("parameters", diffusion.getParameters());
      facts.put("sizes", diffusion.getSizesList().stream().map(ModelsCommand::size).toList());
      facts.put("structures", List.copyOf(diffusion.getStructuresList()));
      facts.put("findings", List.copyOf(diffusion.getFindingsList()));
      facts.put(WORDS, List.copyOf(diffusion.getWordsList()));
      facts.put(
          "noiseSchedulers",
          diffusion.getNoiseSchedulersList().stream().map(NoiseSchedulerName::of).toList());
      facts.put("defaultSteps", diffusion.getDefaultNumInferenceSteps());
      facts.put("defaultGuidanceScale", diffusion.getDefaultGuidanceScale());
      facts.put("maxPromptTokens", diffusion.getMaxPromptTokens());
      facts.put("backend", diffusion.getBackend());
      facts.put("rowCounts", List.copyOf(diffusion.getRowCountsList()));
    }
    if (model.hasPlain()) {
      PlainModel plain = model.getPlain();
      facts.put("inputs", plain.getInputsList().stream().map(ModelsCommand::tensor).toList());
      facts.put("outputs", plain.getOutputsList().stream().map(ModelsCommand::tensor).toList());
      for (TensorDescription output : plain.getOutputsList()) {
        if (output.getLabelsCount() > 0) {
          facts.put("labels of " + output.getName(), List.copyOf(output.getLabelsList()));
        }
      }
      if (plain.hasReader()) {
        facts.put("reads", reads(plain.getReader()));
        facts.put("size", size(plain.getReader().getSize()));
      }
      facts.put("maxBatchSize", plain.getMaxBatchSize());
      facts.put("backend", plain.getBackend());
    }
    facts.put(WARNINGS, List.copyOf(model.getWarningsList()));
    return facts;
  }

  private static String reads(ReaderModel reader) {
    String labels = String.join(", ", reader.getLabelsList());
    return switch (reader.getTask()) {
      case READING_TASK_SEGMENTATION -> "structures (segment): " + labels;
      case READING_TASK_CLASSIFICATION -> "findings (classify): " + labels;
      case READING_TASK_UNSPECIFIED, UNRECOGNIZED -> labels;
    };
  }

  private static String tensor(TensorDescription tensor) {
    return "%s %s %s".formatted(tensor.getName(), tensor.getDataType(), tensor.getShapeList());
  }

  private static String size(ImageSize size) {
    return size.getWidth() + "x" + size.getHeight();
  }
}
