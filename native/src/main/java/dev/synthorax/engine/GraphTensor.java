package dev.synthorax.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * An input or output as a graph declares it, and the rules by which a context's shapes follow and a
 * run's tensors are checked: the same for every backend.
 *
 * @param spec name, type and dims
 * @param symbols name of each dim, empty where it has none: dynamic dims of one name have one size
 */
public record GraphTensor(TensorSpec spec, List<String> symbols) {

  /**
   * What a context is opened with: every dim known.
   *
   * @param inputs in the graph's order
   * @param outputs in the graph's order
   * @param rows see {@link ExecutionContext#rows}
   */
  public record Shapes(List<TensorSpec> inputs, List<TensorSpec> outputs, int rows) {
    public Shapes {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException unless there is one symbol a dim
   */
  public GraphTensor {
    symbols = List.copyOf(symbols);
    if (symbols.size() != spec.shape().size()) {
      throw new IllegalArgumentException(
          "symbols: %s (expected: as many as dims of %s)".formatted(symbols, spec.shape()));
    }
  }

  /** Names, types and dims alone. */
  public static List<TensorSpec> specs(List<GraphTensor> tensors) {
    return tensors.stream().map(GraphTensor::spec).toList();
  }

  /**
   * Puts known dims in place of dynamic ones; an output's follow from the inputs' where they have
   * the same name.
   *
   * @param shapes as given to {@link Plan#openContext(Map)}
   * @param request says which row counts there may be
   * @throws IllegalArgumentException as {@link Plan#openContext(Map)}
   * @throws InferenceException {@code UNSUPPORTED} if one is {@link DataType#BYTES}
   */
  public static Shapes resolve(
      List<GraphTensor> inputs,
      List<GraphTensor> outputs,
      Map<String, List<Long>> shapes,
      PlanRequest request) {
    requireFixedSize(inputs, outputs, request);
    requireKnown(inputs, outputs, shapes);
    var sizes = new HashMap<String, Long>();
    var fixedInputs = inputs.stream().map(input -> input.asInput(shapes, sizes)).toList();
    var fixedOutputs = outputs.stream().map(output -> output.asOutput(shapes, sizes)).toList();
    return new Shapes(fixedInputs, fixedOutputs, rows(inputs, fixedInputs, request));
  }

  /**
   * Fails unless a graph can be run with some tensors.
   *
   * @param given as given to {@link Plan#run}
   * @param wanted as given to {@link Plan#run}
   * @throws InferenceException {@code INVALID_ARGUMENT} with all that is wrong
   */
  public static void requireRunnable(
      List<GraphTensor> inputs,
      List<GraphTensor> outputs,
      List<HostTensor> given,
      List<String> wanted) {
    var check = new RunCheck();
    check.inputs(inputs, given);
    check.outputs(outputs, wanted);
    String wrong = check.message();
    if (wrong != null) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, wrong);
    }
  }

  private static void requireFixedSize(
      List<GraphTensor> inputs, List<GraphTensor> outputs, PlanRequest request) {
    Stream.concat(inputs.stream(), outputs.stream())
        .filter(tensor -> tensor.spec.dataType() == DataType.BYTES)
        .findFirst()
        .ifPresent(
            tensor -> {
              throw new InferenceException(
                  ErrorReason.UNSUPPORTED,
                  "%s: %s is BYTES (expected: a type of fixed size)"
                      .formatted(request.graph().getFileName(), tensor.spec.name()));
            });
  }

  private static int rows(List<GraphTensor> inputs, List<TensorSpec> fixed, PlanRequest request) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).spec().hasRows()) {
        int rows = Math.toIntExact(fixed.get(i).shape().getFirst());
        if (!request.rowProfiles().isEmpty() && !request.rowProfiles().contains(rows)) {
          throw new IllegalArgumentException(
              "rows: " + rows + " (expected: one of " + request.rowProfiles() + ")");
        }
        return rows;
      }
    }
    return 1;
  }

  private static void requireKnown(
      List<GraphTensor> inputs, List<GraphTensor> outputs, Map<String, List<Long>> shapes) {
    var names =
        Stream.concat(inputs.stream(), outputs.stream()).map(each -> each.spec.name()).toList();
    var unknown = new TreeSet<>(shapes.keySet());
    names.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "shapes: %s (expected: some of %s)".formatted(unknown, names));
    }
  }

  private TensorSpec asInput(Map<String, List<Long>> shapes, Map<String, Long> sizes) {
    List<Long> given = shapes.get(spec.name());
    if (given == null && spec.isDynamic()) {
      throw new IllegalArgumentException(
          "%s: no shape given (expected: dims that fit %s)".formatted(spec.name(), spec.shape()));
    }
    TensorSpec fixed = given == null ? spec : spec.withShape(given);
    for (int i = 0; i < symbols.size(); i++) {
      if (spec.shape().get(i) == TensorSpec.DYNAMIC && !symbols.get(i).isEmpty()) {
        Long before = sizes.putIfAbsent(symbols.get(i), fixed.shape().get(i));
        if (before != null && !before.equals(fixed.shape().get(i))) {
          throw new IllegalArgumentException(
              "%s: %s (expected: dim %d is %d, as %s of another input)"
                  .formatted(spec.name(), fixed.shape(), i, before, symbols.get(i)));
        }
      }
    }
    return fixed;
  }

  private TensorSpec asOutput(Map<String, List<Long>> shapes, Map<String, Long> sizes) {
    List<Long> given = shapes.get(spec.name());
    if (given != null) {
      return spec.withShape(given);
    }
    var dims = new ArrayList<Long>();
    for (int i = 0; i < symbols.size(); i++) {
      long dim = spec.shape().get(i);
      dims.add(dim == TensorSpec.DYNAMIC ? sizes.getOrDefault(symbols.get(i), dim) : dim);
    }
    if (dims.contains(TensorSpec.DYNAMIC)) {
      throw new IllegalArgumentException(
          "%s: %s follows from no input (expected: its shape beside the inputs')"
              .formatted(spec.name(), spec.shape()));
    }
    return spec.withShape(dims);
  }
}
