package dev.synthorax.nn.diffusers;

import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;

/** A network of a pipeline. */
public interface PipelineGraph extends NetworkGraph {
  /** Whose configuration and weights it has. */
  Component component();
}
