package dev.synthorax.nn.diffusers;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.NetworkCall;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import java.util.List;

/**
 * A network of a pipeline with its inputs and outputs, at one image size. Its inputs come and its
 * outputs go in the order of {@link #inputs} and {@link #outputs}.
 */
public interface NetworkGraph extends NetworkCall {
  /** What its graph is called, such as {@code vae_decoder}. */
  String name();

  /** Whose configuration and weights it has. */
  Component component();

  /** Names, types and shapes {@code [rows, ...]} of its inputs, in order. */
  List<TensorSpec> inputs();

  /** Names of its outputs, in order. */
  List<String> outputs();
}
