package dev.synthorax.server.plain;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares requests with what a model takes; all that is wrong with one is told at once.
 *
 * <p><b>Threading:</b> any thread.
 */
final class RequestCheck {
  private static final int MAX_TOLD = 8;

  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final int maxBatchSize;

  RequestCheck(PlainDescription description) {
    this(description.inputs(), description.outputs(), description.maxBatchSize());
  }

  /**
   * For a model.
   *
   * @param maxBatchSize 0: tensors have no batch dim
   */
  RequestCheck(List<TensorSpec> inputs, List<TensorSpec> outputs, int maxBatchSize) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.maxBatchSize = maxBatchSize;
  }

  /**
   * Checks.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT}
   */
  CheckedRequest check(PlainRequest request) {
    var problems = new ArrayList<String>();
    Map<String, HostTensor> given = byName(request.inputs(), problems);
    var ordered = new ArrayList<HostTensor>();
    long rows = maxBatchSize == 0 ? 1 : -1;
    for (TensorSpec spec : inputs) {
      HostTensor tensor = given.get(spec.name());
      if (tensor == null) {
        problems.add("input %s is missing".formatted(spec.name()));
        continue;
      }
      ordered.add(tensor);
      String problem = problem(spec, tensor);
      if (problem != null) {
        problems.add("input %s: %s".formatted(spec.name(), problem));
      } else if (maxBatchSize > 0) {
        long own = tensor.shape().getFirst();
        rows = rows < 0 ? own : rows;
        if (own != rows) {
          problems.add(
              "input %s: %d rows (expected: %d, as the inputs before it)"
                  .formatted(spec.name(), own, rows));
        }
      }
    }
    List<String> wanted = wanted(request.outputs(), problems);
    if (!problems.isEmpty()) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, told(problems));
    }
    return new CheckedRequest(
        (int) rows, ordered, wanted, company(ordered), outputBytes(wanted, rows));
  }

  private static String told(List<String> problems) {
    int more = problems.size() - MAX_TOLD;
    return String.join("; ", problems.subList(0, Math.min(MAX_TOLD, problems.size())))
        + (more > 0 ? "; and " + more + " more" : "");
  }

  private Map<String, HostTensor> byName(List<HostTensor> tensors, List<String> problems) {
    var byName = new HashMap<String, HostTensor>();
    for (HostTensor tensor : tensors) {
      if (byName.putIfAbsent(tensor.name(), tensor) != null) {
        problems.add("input %s is there twice".formatted(tensor.name()));
      } else if (inputs.stream().noneMatch(spec -> spec.name().equals(tensor.name()))) {
        problems.add("input %s (expected: %s)".formatted(tensor.name(), names(inputs)));
      }
    }
    return byName;
  }

  private static String names(List<TensorSpec> specs) {
    return String.join(", ", specs.stream().map(TensorSpec::name).toList());
  }

  private @Nullable String problem(TensorSpec spec, HostTensor tensor) {
    if (tensor.dataType() != spec.dataType()) {
      return "%s (expected: %s)".formatted(tensor.dataType(), spec.dataType());
    }
    if (!fits(spec.shape(), tensor.shape())) {
      return "shape %s (expected: %s, -1 for any)".formatted(tensor.shape(), spec.shape());
    }
    if (maxBatchSize > 0
        && (tensor.shape().getFirst() < 1 || tensor.shape().getFirst() > maxBatchSize)) {
      return "shape %s (expected: 1 to %d rows)".formatted(tensor.shape(), maxBatchSize);
    }
    return tensor.wrongBytes();
  }

  private static boolean fits(List<Long> dims, List<Long> shape) {
    boolean fits = dims.size() == shape.size();
    for (int i = 0; fits && i < dims.size(); i++) {
      fits = dims.get(i) == TensorSpec.DYNAMIC || dims.get(i).equals(shape.get(i));
    }
    return fits;
  }

  private List<String> wanted(List<String> asked, List<String> problems) {
    if (asked.isEmpty()) {
      return outputs.stream().map(TensorSpec::name).toList();
    }
    var seen = new HashSet<String>();
    for (String name : asked) {
      if (!seen.add(name)) {
        problems.add("output %s is asked for twice".formatted(name));
      } else if (outputs.stream().noneMatch(spec -> spec.name().equals(name))) {
        problems.add("output %s (expected: %s)".formatted(name, names(outputs)));
      }
    }
    return asked;
  }

  private List<List<Long>> company(List<HostTensor> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                maxBatchSize == 0
                    ? tensor.shape()
                    : tensor.shape().subList(1, tensor.shape().size()))
        .toList();
  }

  /** Of those whose dims are known. */
  private long outputBytes(List<String> wanted, long rows) {
    long bytes = 0;
    for (TensorSpec spec : outputs) {
      TensorSpec known =
          maxBatchSize > 0 && spec.hasRows() && spec.shape().lastIndexOf(TensorSpec.DYNAMIC) == 0
              ? spec.withRows(rows)
              : spec;
      if (wanted.contains(spec.name()) && spec.dataType() != DataType.BYTES && !known.isDynamic()) {
        bytes += known.byteSize();
      }
    }
    return bytes;
  }
}
