package dev.synthorax.nn.torch;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Tensors from Java arrays and back, on the CPU.
 *
 * <p><b>Ownership:</b> results belong to the innermost open {@code PointerScope} of the thread.
 */
public final class TorchTensors {

  private TorchTensors() {}

  /**
   * An FP32 tensor.
   *
   * @param values row-major; copied
   * @param shape product equal to the number of values
   */
  public static Tensor floats(float[] values, long... shape) {
    requireElements(values.length, shape);
    return torch.tensor(values).reshape(shape);
  }

  /**
   * An INT64 tensor.
   *
   * @param values row-major; copied
   * @param shape product equal to the number of values
   */
  public static Tensor longs(long[] values, long... shape) {
    requireElements(values.length, shape);
    return torch.tensor(values).reshape(shape);
  }

  /** A tensor of zeros that no gradient reaches. */
  public static Tensor zeros(ScalarType type, long... shape) {
    return torch.zeros(shape).to(type);
  }

  /** The elements of an FP32 tensor, row-major. */
  public static float[] toFloats(Tensor tensor) {
    requireType(tensor, ScalarType.Float);
    float[] values = new float[Math.toIntExact(tensor.numel())];
    Tensor packed = tensor.detach().contiguous();
    packed.data_ptr_float().get(values);
    return values;
  }

  /** The dims of a tensor. */
  public static long[] shape(Tensor tensor) {
    long[] shape = new long[(int) tensor.dim()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.size(i);
    }
    return shape;
  }

  /**
   * The memory of a contiguous tensor of at most 2 GiB, for reading and writing in place.
   *
   * <p><b>Ownership:</b> a view without protection; valid as long as the caller keeps the tensor.
   */
  public static MemorySegment memory(Tensor tensor) {
    if (!tensor.is_contiguous()) {
      throw new IllegalArgumentException("tensor: not contiguous (expected: row-major memory)");
    }
    if (tensor.numel() == 0) {
      return MemorySegment.ofArray(new byte[0]);
    }
    int bytes = Math.toIntExact(tensor.nbytes());
    return MemorySegment.ofBuffer(
        new BytePointer(tensor.data_ptr()).capacity(bytes).asByteBuffer());
  }

  static void requireType(Tensor tensor, ScalarType expected) {
    ScalarType found = tensor.scalar_type().intern();
    if (found != expected) {
      throw new IllegalArgumentException("tensor: " + found + " (expected: " + expected + ")");
    }
  }

  private static void requireElements(long count, long... shape) {
    long expected = 1;
    for (long dim : shape) {
      expected *= dim;
    }
    if (expected != count) {
      throw new IllegalArgumentException(
          "values: %d (expected: %d, the product of the shape)".formatted(count, expected));
    }
  }
}
