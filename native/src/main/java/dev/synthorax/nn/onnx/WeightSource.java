package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.nn.onnx.format.TensorProto;

/** Where a graph's parameters come from, and whether it holds them or points at them. */
interface WeightSource {

  /**
   * Adds a parameter's elements, or where they lie, to its initializer.
   *
   * @param initializer has name, type and dims already
   * @param dataType the initializer's: FP32, FP16 or BF16; elements are rounded to it
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file, if the
   *     weights lack the parameter, hold another shape, or hold a number that FP16 cannot
   */
  void fill(TensorProto.Builder initializer, String name, DataType dataType, long... shape);
}
