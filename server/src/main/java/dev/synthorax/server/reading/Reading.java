package dev.synthorax.server.reading;

import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.ReaderSpec;

/**
 * One image, and what is asked about it.
 *
 * @param <A> the answer
 */
interface Reading<A> {
  /** What kind of model is asked. */
  ReaderSpec.Task task();

  /** Name of the model; empty: the default. */
  String model();

  /** Version of the model; empty: the newest. */
  String version();

  /** The caller's own name for it. */
  String requestId();

  Radiograph image();

  Priority priority();

  /**
   * Checks what is asked against the model that is to answer.
   *
   * @throws FieldException naming the field that cannot be taken
   */
  void check(ReaderSpec reader);

  /** Most bytes of an answer about an image of that size. */
  long answerBytes(ReaderSpec reader, int width, int height);

  /**
   * The answer.
   *
   * @param framing of the image
   * @param output what the model said of it, row by row
   */
  A answer(PlainDescription model, Framing framing, float[] output);

  /**
   * A threshold of probabilities.
   *
   * @throws FieldException if it is out of its range
   */
  static double threshold(boolean given, double threshold) {
    double value = given ? threshold : 0.5;
    if (!(value > 0 && value < 1)) {
      throw FieldException.invalid("threshold", value + " (expected: above 0 and below 1)");
    }
    return value;
  }
}
