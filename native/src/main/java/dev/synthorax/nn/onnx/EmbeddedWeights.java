package dev.synthorax.nn.onnx;

import com.google.protobuf.ByteString;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.StoredTensor;
import java.lang.foreign.MemorySegment;

/**
 * Weights inside the graph's own file, as FP32: for small networks that are to be one file.
 *
 * @param weights borrowed
 */
record EmbeddedWeights(ModelWeights weights) implements WeightSource {

  @Override
  public void fill(TensorProto.Builder initializer, String name, long... shape) {
    StoredTensor tensor = weights.parameter(name, shape);
    byte[] elements = new byte[Math.toIntExact(tensor.elements() * Float.BYTES)];
    tensor.copyAsFloat32(MemorySegment.ofArray(elements));
    initializer.setRawData(ByteString.copyFrom(elements));
  }
}
