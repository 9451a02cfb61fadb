package dev.synthorax.server.plain;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.proto.inference.ModelInput;
import dev.synthorax.proto.inference.ModelOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a configuration with its graph, and completes it where it says nothing. A configuration
 * that lists no input leaves batching to the graph: where every input and output has a dynamic
 * first dim, requests are batched.
 */
final class GraphConfig {
  /** Most rows of a batch where the graph alone says that there are batches. */
  static final int DEFAULT_BATCH = 4;

  private final ModelConfig config;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final List<String> problems = new ArrayList<>();
  private final ModelConfig completed;

  /**
   * Compares and completes.
   *
   * @param inputs of the graph
   * @param outputs of the graph
   */
  GraphConfig(ModelConfig config, List<TensorSpec> inputs, List<TensorSpec> outputs) {
    this.config = config;
    this.inputs = inputs;
    this.outputs = outputs;
    this.completed = complete();
  }

  /** All that does not fit, each with its field. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The configuration with nothing left open. */
  ModelConfig completed() {
    return completed;
  }

  private ModelConfig complete() {
    var all = config.toBuilder();
    boolean open = config.getInputCount() == 0 && config.getMaxBatchSize() == 0;
    if (open && !config.hasSequenceBatching() && everythingHasRows()) {
      all.setMaxBatchSize(DEFAULT_BATCH);
      if (!config.hasDynamicBatching()) {
        all.setDynamicBatching(ModelDynamicBatching.getDefaultInstance());
      }
    }
    int skipped = all.getMaxBatchSize() > 0 ? 1 : 0;
    requireRows(skipped > 0);
    all.clearInput();
    all.clearOutput();
    for (ModelInput input : configuredInputs()) {
      TensorSpec spec = find("input", input.getName(), inputs);
      if (spec != null) {
        compare(
            "input " + input.getName(), input.getDataType(), input.getDimsList(), spec, skipped);
        all.addInput(
            input.toBuilder()
                .setDataType(Types.of(spec.dataType()))
                .clearDims()
                .addAllDims(dims(input.getDimsList(), spec, skipped)));
      }
    }
    for (ModelOutput output : configuredOutputs()) {
      TensorSpec spec = find("output", output.getName(), outputs);
      if (spec != null) {
        compare(
            "output " + output.getName(),
            output.getDataType(),
            output.getDimsList(),
            spec,
            skipped);
        all.addOutput(
            output.toBuilder()
                .setDataType(Types.of(spec.dataType()))
                .clearDims()
                .addAllDims(dims(output.getDimsList(), spec, skipped)));
      }
    }
    return all.build();
  }

  private boolean everythingHasRows() {
    return !inputs.isEmpty()
        && inputs.stream().allMatch(TensorSpec::hasRows)
        && outputs.stream().allMatch(TensorSpec::hasRows);
  }

  private void requireRows(boolean batched) {
    for (TensorSpec spec : batched ? both() : List.<TensorSpec>of()) {
      if (!spec.hasRows()) {
        problems.add(
            "max_batch_size: %d, and %s has shape %s in the graph (expected: a dynamic first dim, or max_batch_size: 0)"
                .formatted(config.getMaxBatchSize(), spec.name(), spec.shape()));
      }
    }
  }

  private List<TensorSpec> both() {
    var both = new ArrayList<>(inputs);
    both.addAll(outputs);
    return both;
  }

  /** As configured, and all of the graph's where nothing is. */
  private List<ModelInput> configuredInputs() {
    if (config.getInputCount() == 0) {
      return inputs.stream()
          .map(spec -> ModelInput.newBuilder().setName(spec.name()).build())
          .toList();
    }
    for (TensorSpec spec : inputs) {
      requireOnce(
          "input",
          spec.name(),
          config.getInputList().stream().filter(each -> each.getName().equals(spec.name())).count(),
          1);
    }
    return config.getInputList();
  }

  /** Likewise; an output may be left out. */
  private List<ModelOutput> configuredOutputs() {
    if (config.getOutputCount() == 0) {
      return outputs.stream()
          .map(spec -> ModelOutput.newBuilder().setName(spec.name()).build())
          .toList();
    }
    for (TensorSpec spec : outputs) {
      requireOnce(
          "output",
          spec.name(),
          config.getOutputList().stream()
              .filter(each -> each.getName().equals(spec.name()))
              .count(),
          0);
    }
    return config.getOutputList();
  }

  private void requireOnce(String kind, String name, long count, int least) {
    if (count < least || count > 1) {
      problems.add("%s %s is listed %d times (expected: once)".formatted(kind, name, count));
    }
  }

  private @Nullable TensorSpec find(String kind, String name, List<TensorSpec> specs) {
    for (TensorSpec spec : specs) {
      if (spec.name().equals(name)) {
        return spec;
      }
    }
    problems.add(
        "%s %s: the graph has none of that name (expected: %s)"
            .formatted(
                kind, name, String.join(", ", specs.stream().map(TensorSpec::name).toList())));
    return null;
  }

  private void compare(
      String field,
      dev.synthorax.proto.inference.DataType type,
      List<Long> dims,
      TensorSpec spec,
      int skipped) {
    if (type != dev.synthorax.proto.inference.DataType.TYPE_INVALID
        && type != Types.of(spec.dataType())) {
      problems.add(
          "%s: %s (expected: %s, as in the graph)"
              .formatted(field, type, Types.of(spec.dataType())));
    }
    List<Long> own =
        spec.shape().subList(Math.min(skipped, spec.shape().size()), spec.shape().size());
    boolean fits = dims.isEmpty() || dims.size() == own.size();
    for (int i = 0; fits && i < dims.size(); i++) {
      long dim = dims.get(i);
      fits = dim == own.get(i) || (own.get(i) == TensorSpec.DYNAMIC && dim >= 1);
    }
    if (!fits) {
      problems.add(
          "%s: dims %s (expected: %s, as in the graph%s)"
              .formatted(field, dims, own, skipped > 0 ? ", without the batch's" : ""));
    }
  }

  private static List<Long> dims(List<Long> dims, TensorSpec spec, int skipped) {
    return dims.isEmpty()
        ? spec.shape().subList(Math.min(skipped, spec.shape().size()), spec.shape().size())
        : dims;
  }
}
