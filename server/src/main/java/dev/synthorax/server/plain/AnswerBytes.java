package dev.synthorax.server.plain;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The bytes of answers: the heap's, so that nothing native outlives its model. */
final class AnswerBytes {
  private static final long MAX_BYTES = Integer.MAX_VALUE - 8; // of an array

  private AnswerBytes() {}

  /**
   * A copy.
   *
   * @throws InferenceException {@code TOO_LARGE} if no array holds it
   */
  static MemorySegment copy(MemorySegment bytes) {
    if (bytes.byteSize() > MAX_BYTES) {
      throw new InferenceException(
          ErrorReason.TOO_LARGE,
          "an output has %d bytes (expected: at most %d; ask for fewer rows)"
              .formatted(bytes.byteSize(), MAX_BYTES));
    }
    return MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  /** Dims with another first one. */
  static List<Long> withRows(List<Long> dims, long rows) {
    var own = new ArrayList<>(dims);
    own.set(0, rows);
    return own;
  }
}
