package dev.synthorax.nn;

import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import java.util.List;

/**
 * A network with its inputs and outputs, at one image size: what one interpreter emits as a graph,
 * another computes.
 */
public interface NetworkGraph {
  /** What its graph is called, such as {@code vae_decoder}. */
  String name();

  /** Of weights, and of the inputs and outputs that are floats, but for {@code timestep}. */
  Precision precision();

  /** Names, types and shapes {@code [rows, ...]} of its inputs, in order. */
  List<TensorSpec> inputs();

  /** Names of its outputs, in order. */
  List<String> outputs();

  /**
   * Computes.
   *
   * @param inputs in the order of {@link #inputs}
   * @return in the order of {@link #outputs}
   */
  <T> List<T> forward(Ops<T> ops, List<T> inputs);
}
