package dev.synthorax.nn.onnx;

import dev.synthorax.nn.onnx.format.TensorProto;

/** Where a graph's parameters come from, and whether it holds them or points at them. */
interface WeightSource {

  /**
   * Adds a parameter's elements, or where they lie, to its initializer.
   *
   * @param initializer has name, FP32 type and dims already
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file, if the
   *     weights lack the parameter or hold another shape
   */
  void fill(TensorProto.Builder initializer, String name, long... shape);
}
