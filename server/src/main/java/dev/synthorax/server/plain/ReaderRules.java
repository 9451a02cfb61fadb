package dev.synthorax.server.plain;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.server.plain.ReaderSpec.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model reads radiographs: the {@code config.json} of a trained reader says so, or the
 * parameters of {@code config.pbtxt}. Tensors alone do not: they tell neither what black and white
 * are nor whether an output is a probability.
 */
final class ReaderRules {
  static final String READS = "synthorax.reads";
  static final String RANGE = "synthorax.range";
  static final String OUTPUT = "synthorax.output";

  /** Parameters of a configuration that have an effect. */
  static final Set<String> KEYS = Set.of(READS, RANGE, OUTPUT);

  private static final String TRAINED = "config.json";
  private static final Pattern TWO = Pattern.compile("(\\S+)\\s+(\\S+)");
  private static final int MAX_SIDE = 4096;

  /**
   * What is said of a model.
   *
   * @param black value of a black pixel
   * @param white value of a white pixel
   * @param logits whether a sigmoid makes probabilities
   */
  private record Said(Task task, float black, float white, boolean logits) {}

  private final ModelConfig config;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final List<String> labels;
  private final List<String> problems = new ArrayList<>();

  private ReaderRules(
      ModelConfig config, List<TensorSpec> inputs, List<TensorSpec> outputs, List<String> labels) {
    this.config = config;
    this.inputs = inputs;
    this.outputs = outputs;
    this.labels = labels;
  }

  /**
   * How the model of a folder reads.
   *
   * @param inputs as on the wire, with the batch's dim
   * @param labels of the first output
   * @param warnings is added to where the folder of a trained reader does not fit its graph
   * @return null if it reads no radiographs
   * @throws InferenceException {@code MODEL_FAILED} with all that is wrong with the parameters
   */
  static @Nullable ReaderSpec find(
      Path folder,
      ModelConfig config,
      List<TensorSpec> inputs,
      List<TensorSpec> outputs,
      List<String> labels,
      List<String> warnings) {
    var rules = new ReaderRules(config, inputs, outputs, labels);
    Said said = rules.parameters();
    ReaderSpec spec = said == null ? null : rules.fit(said);
    if (!rules.problems.isEmpty()) {
      throw ModelConfigFile.failed(
          ModelConfigFile.NAME + ": " + String.join("; ", rules.problems), null);
    }
    return said == null ? rules.trained(folder.resolve(TRAINED), warnings) : spec;
  }

  private @Nullable ReaderSpec trained(Path file, List<String> warnings) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    ReaderSpec spec = null;
    try {
      ReaderConfig reader = ReaderConfig.read(file, labels.size());
      Task task = reader.marks() ? Task.SEGMENTATION : Task.CLASSIFICATION;
      spec = fit(new Said(task, -1, 1, true));
    } catch (InferenceException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      warnings.add(
          "It reads no radiographs, and answers tensors alone: %s."
              .formatted(String.join("; ", problems)));
      return null;
    }
    return spec;
  }

  /** What the parameters say; null where they say nothing. */
  private @Nullable Said parameters() {
    String reads = parameter(READS, "");
    Task task =
        switch (reads) {
          case "structures" -> Task.SEGMENTATION;
          case "findings" -> Task.CLASSIFICATION;
          default -> null;
        };
    if (task == null) {
      if (KEYS.stream().anyMatch(config.getParametersMap()::containsKey)) {
        wrong(READS, reads.isEmpty() ? "missing" : reads, "structures or findings");
      }
      return null;
    }
    String range = parameter(RANGE, "-1 1");
    String output = parameter(OUTPUT, "logits");
    if (!output.equals("logits") && !output.equals("probabilities")) {
      wrong(OUTPUT, output, "logits or probabilities");
    }
    float[] ends = ends(range);
    if (ends == null) {
      wrong(RANGE, range, "two numbers, the values of black and white, such as -1 1");
      return null;
    }
    return new Said(task, ends[0], ends[1], output.equals("logits"));
  }

  private String parameter(String key, String unsaid) {
    return config.containsParameters(key)
        ? config.getParametersOrThrow(key).getStringValue().strip()
        : unsaid;
  }

  private void wrong(String key, String value, String expected) {
    problems.add("parameters: %s: %s (expected: %s)".formatted(key, value, expected));
  }

  private static float @Nullable [] ends(String range) {
    Matcher words = TWO.matcher(range);
    if (!words.matches()) {
      return null;
    }
    try {
      float black = Float.parseFloat(words.group(1));
      float white = Float.parseFloat(words.group(2));
      boolean usable = Float.isFinite(black) && Float.isFinite(white) && black != white;
      return usable ? new float[] {black, white} : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The model's tensors as what was said; null, with problems, where they do not fit. */
  private @Nullable ReaderSpec fit(Said said) {
    List<Long> image = inputs.size() == 1 ? row(inputs.getFirst()) : List.of();
    if (outputs.isEmpty()
        || inputs.size() != 1
        || inputs.getFirst().dataType() != DataType.FP32
        || image.size() != 3
        || (image.get(0) != 1 && image.get(0) != 3)
        || !isSide(image.get(1))
        || !isSide(image.get(2))) {
      problems.add("inputs %s (expected: one, FP32 [1 or 3, height, width])".formatted(inputs));
      return null;
    }
    var names = new HashSet<>(labels);
    if (labels.isEmpty() || names.size() < labels.size() || names.contains("")) {
      problems.add("labels %s (expected: a name for each channel, each once)".formatted(labels));
    }
    TensorSpec output = outputs.getFirst();
    var expected = new ArrayList<Long>();
    expected.add((long) labels.size());
    if (said.task() == Task.SEGMENTATION) {
      expected.addAll(image.subList(1, 3));
    }
    if (output.dataType() != DataType.FP32 || !row(output).equals(expected)) {
      problems.add(
          "output %s %s %s (expected: FP32 %s, a channel for each label)"
              .formatted(output.name(), output.dataType(), row(output), expected));
    }
    return new ReaderSpec(
        said.task(),
        labels,
        inputs.getFirst().name(),
        output.name(),
        image.get(0).intValue(),
        image.get(2).intValue(),
        image.get(1).intValue(),
        said.black(),
        said.white(),
        said.logits());
  }

  private static boolean isSide(long pixels) {
    return pixels >= 1 && pixels <= MAX_SIDE;
  }

  /** Dims without the rows: the batch's, or the one row of a graph without batches. */
  private List<Long> row(TensorSpec tensor) {
    List<Long> shape = tensor.shape();
    boolean rows = config.getMaxBatchSize() > 0 || (!shape.isEmpty() && shape.getFirst() == 1);
    return rows ? shape.subList(1, shape.size()) : shape;
  }
}
