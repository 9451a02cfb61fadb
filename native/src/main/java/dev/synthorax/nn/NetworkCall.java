package dev.synthorax.nn;

import java.util.List;

/** A network as a function: what one interpreter emits, another computes. */
public interface NetworkCall {
  /**
   * Computes.
   *
   * @param inputs in the network's order
   * @return its outputs, in order
   */
  <T> List<T> forward(Ops<T> ops, List<T> inputs);
}
