package dev.synthorax.nn;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One tensor of a network's state.
 *
 * @param name full name, as in the state dict of diffusers or transformers
 * @param init its value before training
 * @param shape dims, outermost first
 * @param learned whether gradients move it; running statistics of normalisations are not learned
 */
public record ParameterSpec(String name, Init init, List<Long> shape, boolean learned) {

  /** Checks and copies. */
  public ParameterSpec {
    requireNonNull(name, "name");
    requireNonNull(init, "init");
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.stream().anyMatch(dim -> dim < 1)) {
      throw new IllegalArgumentException(
          "%s: shape %s (expected: at least one dim, each at least 1)".formatted(name, shape));
    }
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
