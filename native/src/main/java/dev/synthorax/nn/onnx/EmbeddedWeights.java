package dev.synthorax.nn.onnx;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.StoredTensor;
import java.lang.foreign.MemorySegment;

/**
 * Weights inside the graph's own file: for small networks that are to be one file.
 *
 * @param weights borrowed
 */
record EmbeddedWeights(ModelWeights weights) implements WeightSource {

  @Override
  public void fill(TensorProto.Builder initializer, String name, DataType dataType, long... shape) {
    StoredTensor tensor = weights.parameter(name, shape);
    byte[] elements = new byte[Math.toIntExact(tensor.elements() * dataType.bytes())];
    weights.copy(tensor, 0, tensor.elements(), dataType, MemorySegment.ofArray(elements));
    initializer.setRawData(ByteString.copyFrom(elements));
  }
}
