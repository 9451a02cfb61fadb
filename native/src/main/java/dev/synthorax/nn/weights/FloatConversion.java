package dev.synthorax.nn.weights;

import dev.synthorax.engine.Bfloat16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Floating-point elements of one width as another, in memory. Little-endian, any alignment. */
public final class FloatConversion {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FloatConversion() {}

  /**
   * Copies elements as F32. F16 and BF16 widen exactly; F64 rounds to nearest.
   *
   * @param source elements of {@code type}
   * @param target room for as many F32, not overlapping {@code source}
   * @throws IllegalArgumentException if {@code type} is no floating-point type, or the sizes differ
   */
  public static void toFloat32(MemorySegment source, ElementType type, MemorySegment target) {
    long count = source.byteSize() / type.bytes();
    requireRoom(target, count * Float.BYTES);
    switch (type) {
      case F32 -> target.copyFrom(source);
      case F16 -> {
        for (long i = 0; i < count; i++) {
          float value = Float.float16ToFloat(source.get(SHORT, 2 * i));
          target.set(FLOAT, 4 * i, value);
        }
      }
      case BF16 -> {
        for (long i = 0; i < count; i++) {
          float value = Bfloat16.toFloat(source.get(SHORT, 2 * i));
          target.set(FLOAT, 4 * i, value);
        }
      }
      case F64 -> {
        for (long i = 0; i < count; i++) {
          target.set(FLOAT, 4 * i, (float) source.get(DOUBLE, 8 * i));
        }
      }
      case BOOL, U8, I8, U16, I16, U32, I32, U64, I64 ->
          throw new IllegalArgumentException(
              "type: " + type + " (expected: F16, BF16, F32 or F64)");
    }
  }

  /**
   * Copies F32 elements as F16, rounded to nearest, ties to even. Values beyond 65504 become
   * infinite: callers that save weights check first.
   *
   * @param source F32 elements
   * @param target room for as many F16, not overlapping {@code source}
   * @throws IllegalArgumentException if the sizes differ
   */
  public static void toFloat16(MemorySegment source, MemorySegment target) {
    long count = source.byteSize() / Float.BYTES;
    requireRoom(target, count * Short.BYTES);
    for (long i = 0; i < count; i++) {
      target.set(SHORT, 2 * i, Float.floatToFloat16(source.get(FLOAT, 4 * i)));
    }
  }

  private static void requireRoom(MemorySegment target, long bytes) {
    if (target.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "target: %d bytes (expected: %d)".formatted(target.byteSize(), bytes));
    }
  }
}
