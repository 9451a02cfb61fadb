package dev.synthorax.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds all that is wrong with what a graph is to be run with. */
final class RunCheck {
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Size> sizes = new HashMap<>();

  /** How large the dims of one symbol are, by the first input that has it. */
  private record Size(long dim, String input) {}

  void inputs(List<GraphTensor> declared, List<HostTensor> given) {
    var byName = new HashMap<String, HostTensor>();
    for (HostTensor tensor : given) {
      if (byName.put(tensor.name(), tensor) != null) {
        problems.add(tensor.name() + ": given twice");
      }
    }
    for (GraphTensor input : declared) {
      HostTensor tensor = byName.remove(input.spec().name());
      if (tensor == null) {
        problems.add("%s: no such input given (expected: %s)".formatted(name(input), text(input)));
      } else {
        input(input, tensor);
      }
    }
    names(byName.keySet().stream().sorted().toList(), declared, "input");
  }

  private void input(GraphTensor declared, HostTensor given) {
    TensorSpec spec = declared.spec();
    String wrong = given.wrongBytes();
    if (given.dataType() != spec.dataType()) {
      problems.add(
          "%s: %s (expected: %s)".formatted(spec.name(), given.dataType(), spec.dataType()));
    } else if (wrong != null) {
      problems.add(spec.name() + ": " + wrong);
    }
    if (!fits(spec.shape(), given.shape())) {
      problems.add(
          "%s: shape %s (expected: dims that fit %s)"
              .formatted(spec.name(), given.shape(), spec.shape()));
    } else {
      symbols(declared, given);
    }
  }

  private static boolean fits(List<Long> declared, List<Long> given) {
    boolean fits = declared.size() == given.size();
    for (int i = 0; fits && i < given.size(); i++) {
      fits = declared.get(i) == TensorSpec.DYNAMIC || declared.get(i).equals(given.get(i));
    }
    return fits;
  }

  private void symbols(GraphTensor declared, HostTensor given) {
    for (int i = 0; i < given.shape().size(); i++) {
      String symbol = declared.symbols().get(i);
      if (!symbol.isEmpty() && declared.spec().shape().get(i) == TensorSpec.DYNAMIC) {
        long dim = given.shape().get(i);
        Size before = sizes.putIfAbsent(symbol, new Size(dim, given.name()));
        if (before != null && before.dim != dim) {
          problems.add(
              "%s: shape %s (expected: dim %d is %d, as %s of %s)"
                  .formatted(given.name(), given.shape(), i, before.dim, symbol, before.input));
        }
      }
    }
  }

  void outputs(List<GraphTensor> declared, List<String> wanted) {
    var seen = new HashSet<String>();
    wanted.stream()
        .filter(name -> !seen.add(name))
        .distinct()
        .forEach(name -> problems.add(name + ": output asked for twice"));
    names(wanted.stream().distinct().toList(), declared, "output");
  }

  private void names(List<String> names, List<GraphTensor> declared, String kind) {
    List<String> known = declared.stream().map(RunCheck::name).toList();
    names.stream()
        .filter(name -> !known.contains(name))
        .forEach(
            name -> problems.add("%s: no such %s (expected: of %s)".formatted(name, kind, known)));
  }

  private static String name(GraphTensor tensor) {
    return tensor.spec().name();
  }

  private static String text(GraphTensor tensor) {
    return tensor.spec().dataType() + " " + tensor.spec().shape();
  }

  /** What is wrong, in one line; null if nothing is. */
  @Nullable String message() {
    return problems.isEmpty() ? null : String.join("; ", problems);
  }
}
