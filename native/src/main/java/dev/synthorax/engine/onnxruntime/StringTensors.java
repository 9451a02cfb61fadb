package dev.synthorax.engine.onnxruntime;

import dev.synthorax.engine.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.AllocatorWithDefaultOptions;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.Value;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** Tensors of strings between the wire's form and ONNX Runtime's. */
final class StringTensors {

  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private StringTensors() {}

  /**
   * A tensor with the elements of {@code tensor}, copied once, whatever bytes they hold.
   *
   * @param tensor of {@link dev.synthorax.engine.DataType#BYTES}, checked
   * @return the caller closes it
   */
  @SuppressWarnings("restricted") // as many bytes as were just asked for
  static Value create(HostTensor tensor) {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    AllocatorWithDefaultOptions allocator = new AllocatorWithDefaultOptions();
    Value value =
        Value.CreateTensor(
            new OrtAllocator(allocator.asUnownedAllocator()),
            shape,
            shape.length,
            onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING);
    List<MemorySegment> elements = tensor.strings();
    for (int i = 0; i < elements.size(); i++) {
      MemorySegment element = elements.get(i);
      BytePointer to = value.GetResizedStringTensorElementBuffer(i, element.byteSize());
      MemorySegment.ofAddress(to.address()).reinterpret(element.byteSize()).copyFrom(element);
    }
    return value;
  }

  /**
   * The wire's form of a tensor. The library writes all bytes behind one another at the end of the
   * segment; each element then moves to the front, behind its length, and passes none that is still
   * to be moved.
   */
  static MemorySegment wire(Value value, long elements, Arena arena) {
    if (elements == 0) {
      return MemorySegment.NULL;
    }
    long lengths = elements * Integer.BYTES;
    long content = value.GetStringTensorDataLength();
    MemorySegment wire = arena.allocate(lengths + content);
    try (SizeTPointer offsets = new SizeTPointer(elements)) {
      value.GetStringTensorContent(
          new Address(wire.address() + lengths), content, offsets, elements);
      for (long i = 0; i < elements; i++) {
        long from = offsets.get(i);
        long length = (i + 1 < elements ? offsets.get(i + 1) : content) - from;
        long to = (i + 1) * Integer.BYTES + from;
        wire.set(LENGTH, to - Integer.BYTES, Math.toIntExact(length));
        MemorySegment.copy(wire, lengths + from, wire, to, length);
      }
    }
    return wire;
  }
}
