package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes and gives, and how it runs.
 *
 * @param name of its folder
 * @param version number of the version's folder
 * @param config as in its folder, completed from the graph where that says nothing
 * @param inputs as on the wire, in the configuration's order; the first dim is the batch's and -1
 *     where {@code max_batch_size} is above 0
 * @param outputs likewise
 * @param labels names of an output's elements by the output's name, for those that have any
 * @param backend and version that run it, such as {@code onnxruntime-cpu 1.24.1 (CPU)}
 * @param reader how it reads radiographs; null if it does not
 * @param warnings what of the configuration has no effect here, one sentence each
 */
public record PlainDescription(
    String name,
    long version,
    ModelConfig config,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    Map<String, List<String>> labels,
    String backend,
    @Nullable ReaderSpec reader,
    List<String> warnings) {
  /** Checks and copies. */
  public PlainDescription {
    requireNonNull(name, "name");
    requireNonNull(config, "config");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    labels = Map.copyOf(labels);
    requireNonNull(backend, "backend");
    warnings = List.copyOf(warnings);
  }

  /** Most rows of a batch; 0: requests have no batch dim. */
  public int maxBatchSize() {
    return config.getMaxBatchSize();
  }

  /** The priority of what is least urgent; 0: all requests have the same. */
  public long lowestPriority() {
    return config.getDynamicBatching().getPriorityLevels();
  }

  /** Names of an output's elements in order; empty: it has none. */
  public List<String> labels(String output) {
    return labels.getOrDefault(output, List.of());
  }
}
