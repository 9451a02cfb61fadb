package dev.synthorax.server.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The largest elements of an output as {@code value:index[:label]}, largest first. */
final class ClassResults {
  private ClassResults() {}

  /** An element; equal ones in the order of their indexes, what is no number last. */
  private record Element(double value, long unsigned, int index) {}

  /**
   * Of each row the largest.
   *
   * @param batched whether the first dim is the batch's
   * @param count of elements a row, at most those there are
   * @param labels of elements by index; may be shorter
   * @return BYTES {@code [rows, count]}, or {@code [count]} without a batch; on the heap
   * @throws InferenceException {@code INVALID_ARGUMENT} if the output's elements are no numbers
   */
  static HostTensor of(HostTensor output, boolean batched, long count, List<String> labels) {
    DataType type = output.dataType();
    if (type == DataType.BYTES || type == DataType.BOOL) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "output '%s': classification of %s (expected: an output of numbers)"
              .formatted(output.name(), type));
    }
    int elements = Math.toIntExact(output.bytes().byteSize() / type.bytes());
    boolean rows = batched && !output.shape().isEmpty();
    int rowCount = rows ? Math.toIntExact(output.shape().getFirst()) : 1;
    int perRow = rowCount == 0 ? 0 : elements / rowCount;
    int kept = (int) Math.min(count, perRow);
    var strings = new ArrayList<ByteString>();
    for (int row = 0; row < rowCount; row++) {
      for (Element element : largest(output, row * perRow, perRow, kept)) {
        strings.add(ByteString.copyFrom(shown(element, type, labels), UTF_8));
      }
    }
    List<Long> shape = rows ? List.of((long) rowCount, (long) kept) : List.of((long) kept);
    return new HostTensor(output.name(), DataType.BYTES, shape, bytes(strings));
  }

  private static List<Element> largest(HostTensor output, int from, int elements, int count) {
    DataType type = output.dataType();
    Comparator<Element> better =
        (type == DataType.UINT64
                ? Comparator.comparing(Element::unsigned, Long::compareUnsigned)
                : type == DataType.INT64
                    ? Comparator.comparingLong(Element::unsigned)
                    : Comparator.<Element>comparingDouble(
                        element ->
                            Double.isNaN(element.value) ? Double.NEGATIVE_INFINITY : element.value))
            .thenComparing(element -> !Double.isNaN(element.value))
            .thenComparing(Comparator.comparingInt(Element::index).reversed());
    var kept = new PriorityQueue<Element>(better);
    for (int i = 0; i < elements; i++) {
      kept.add(element(output.bytes(), type, from + i, i));
      if (kept.size() > count) {
        kept.poll();
      }
    }
    return kept.stream().sorted(better.reversed()).toList();
  }

  private static Element element(MemorySegment bytes, DataType type, long at, int index) {
    if (type.isFloat()) {
      double value =
          type == DataType.FP64
              ? bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at * Double.BYTES)
              : type.getFloat(bytes, at);
      return new Element(value, 0, index);
    }
    long whole =
        switch (type) {
          case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
          case UINT8 -> Byte.toUnsignedLong(bytes.get(ValueLayout.JAVA_BYTE, at));
          case INT16 -> bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at * Short.BYTES);
          case UINT16 ->
              Short.toUnsignedLong(bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at * Short.BYTES));
          case INT32 -> bytes.get(ValueLayout.JAVA_INT_UNALIGNED, at * Integer.BYTES);
          case UINT32 ->
              Integer.toUnsignedLong(bytes.get(ValueLayout.JAVA_INT_UNALIGNED, at * Integer.BYTES));
          case INT64, UINT64 -> bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at * Long.BYTES);
          case BOOL, FP16, BF16, FP32, FP64, BYTES ->
              throw new IllegalStateException(type + " is no whole number");
        };
    return new Element(whole, whole, index);
  }

  private static String shown(Element element, DataType type, List<String> labels) {
    String value =
        switch (type) {
          case FP64 -> Double.toString(element.value);
          case FP16, BF16, FP32 -> Float.toString((float) element.value);
          case UINT64 -> Long.toUnsignedString(element.unsigned);
          case BOOL, BYTES, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 ->
              Long.toString(element.unsigned);
        };
    String label = element.index < labels.size() ? ":" + labels.get(element.index) : "";
    return value + ":" + element.index + label;
  }

  private static MemorySegment bytes(List<ByteString> strings) {
    int size = strings.stream().mapToInt(string -> Integer.BYTES + string.size()).sum();
    MemorySegment target = MemorySegment.ofArray(new byte[size]);
    TypedContents.write(strings, target);
    return target;
  }
}
