package dev.synthorax.nn.diffusers;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import java.util.List;

/**
 * A network of a pipeline with its inputs and outputs, at one image size. Emitted as a graph or run
 * with its weights, it is the same computation.
 */
public interface NetworkGraph {
  /** What its graph is called, such as {@code vae_decoder}. */
  String name();

  /** Whose configuration and weights it has. */
  Component component();

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
