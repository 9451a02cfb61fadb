package dev.synthorax.server.inference;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.proto.inference.InferTensorContents;
import dev.synthorax.server.grpc.FieldException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Elements in the typed lists of a message, laid out as raw contents are. */
final class TypedContents {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TypedContents() {}

  /**
   * The elements, little-endian and row-major; of BYTES each with its length.
   *
   * @param path of the field
   * @param memory to take from; the result is good until that is closed
   * @throws FieldException if they are in another list than their type's, or one is outside its
   *     type's range
   */
  static MemorySegment read(
      String path, DataType type, InferTensorContents contents, TensorMemory.Loan memory) {
    String list = list(type, path);
    Map<String, Integer> filled = filled(contents);
    int there = filled.getOrDefault(list, 0);
    filled.remove(list);
    if (!filled.isEmpty()) {
      throw FieldException.invalid(
          path,
          "%s (expected: %s alone, for %s)"
              .formatted(String.join(", ", filled.keySet()), list, type));
    }
    if (type == DataType.BYTES) {
      return bytes(contents.getBytesContentsList(), memory);
    }
    MemorySegment target = memory.take((long) there * type.bytes());
    for (int i = 0; i < there; i++) {
      write(path + "." + list, type, contents, i, target);
    }
    return target;
  }

  private static String list(DataType type, String path) {
    return switch (type) {
      case BOOL -> "bool_contents";
      case INT8, INT16, INT32 -> "int_contents";
      case INT64 -> "int64_contents";
      case UINT8, UINT16, UINT32 -> "uint_contents";
      case UINT64 -> "uint64_contents";
      case FP32 -> "fp32_contents";
      case FP64 -> "fp64_contents";
      case BYTES -> "bytes_contents";
      case FP16, BF16 ->
          throw FieldException.invalid(
              path, "given for %s (expected: raw_input_contents)".formatted(type));
    };
  }

  private static Map<String, Integer> filled(InferTensorContents contents) {
    var counts = new TreeMap<String, Integer>();
    counts.put("bool_contents", contents.getBoolContentsCount());
    counts.put("int_contents", contents.getIntContentsCount());
    counts.put("int64_contents", contents.getInt64ContentsCount());
    counts.put("uint_contents", contents.getUintContentsCount());
    counts.put("uint64_contents", contents.getUint64ContentsCount());
    counts.put("fp32_contents", contents.getFp32ContentsCount());
    counts.put("fp64_contents", contents.getFp64ContentsCount());
    counts.put("bytes_contents", contents.getBytesContentsCount());
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  private static void write(
      String path, DataType type, InferTensorContents contents, int i, MemorySegment target) {
    switch (type) {
      case BOOL ->
          target.set(ValueLayout.JAVA_BYTE, i, (byte) (contents.getBoolContents(i) ? 1 : 0));
      case INT8 ->
          target.set(
              ValueLayout.JAVA_BYTE,
              i,
              (byte) signed(path, i, contents.getIntContents(i), Byte.MIN_VALUE, Byte.MAX_VALUE));
      case INT16 ->
          target.set(
              SHORT,
              i * 2L,
              (short)
                  signed(path, i, contents.getIntContents(i), Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> target.set(INT, i * 4L, contents.getIntContents(i));
      case INT64 -> target.set(LONG, i * 8L, contents.getInt64Contents(i));
      case UINT8 ->
          target.set(
              ValueLayout.JAVA_BYTE, i, (byte) unsigned(path, i, contents.getUintContents(i), 255));
      case UINT16 ->
          target.set(SHORT, i * 2L, (short) unsigned(path, i, contents.getUintContents(i), 65_535));
      case UINT32 -> target.set(INT, i * 4L, contents.getUintContents(i));
      case UINT64 -> target.set(LONG, i * 8L, contents.getUint64Contents(i));
      case FP32 -> target.set(FLOAT, i * 4L, contents.getFp32Contents(i));
      case FP64 -> target.set(DOUBLE, i * 8L, contents.getFp64Contents(i));
      case FP16, BF16, BYTES -> throw new IllegalStateException(type + " has no list of numbers");
    }
  }

  private static int signed(String path, int index, int value, int min, int max) {
    if (value < min || value > max) {
      throw outside(path, index, value, min, max);
    }
    return value;
  }

  private static int unsigned(String path, int index, int value, int max) {
    long exact = Integer.toUnsignedLong(value);
    if (exact > max) {
      throw outside(path, index, exact, 0, max);
    }
    return value;
  }

  private static FieldException outside(String path, int index, long value, long min, long max) {
    return FieldException.invalid(
        "%s[%d]".formatted(path, index), "%d (expected: %d to %d)".formatted(value, min, max));
  }

  private static MemorySegment bytes(List<ByteString> elements, TensorMemory.Loan memory) {
    MemorySegment target =
        memory.take(
            elements.stream().mapToLong(element -> Integer.BYTES + (long) element.size()).sum());
    write(elements, target);
    return target;
  }

  /**
   * Writes byte strings, each behind its length.
   *
   * @param target as large as they are together
   */
  static void write(List<ByteString> elements, MemorySegment target) {
    long at = 0;
    for (ByteString element : elements) {
      target.set(INT, at, element.size());
      at += Integer.BYTES;
      MemorySegment.copy(
          MemorySegment.ofBuffer(element.asReadOnlyByteBuffer()), 0, target, at, element.size());
      at += element.size();
    }
  }
}
