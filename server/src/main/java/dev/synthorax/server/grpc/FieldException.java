package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.function.Supplier;

/** A request's field that cannot be taken; below the edge nobody knows the names of fields. */
public final class FieldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final ErrorReason reason;

  /**
   * A field with the wrong value.
   *
   * @param field its path in the request
   * @param reason kind of mistake
   * @param message the value, what was expected, and whose value it is
   */
  FieldException(String field, ErrorReason reason, String message) {
    super(requireNonNull(message, "message"));
    this.field = requireNonNull(field, "field");
    this.reason = requireNonNull(reason, "reason");
  }

  /** A message that begins with the field's path. */
  public static FieldException of(String field, ErrorReason reason, String what) {
    return new FieldException(field, reason, field + ": " + what);
  }

  /** The same for a value outside its range, or of the wrong kind. */
  public static FieldException invalid(String field, String what) {
    return of(field, ErrorReason.INVALID_ARGUMENT, what);
  }

  /**
   * Checks that a text is short enough.
   *
   * @param max bytes of UTF-8
   * @throws FieldException {@code TOO_LARGE} if it is not
   */
  public static void requireBytes(String field, String text, int max) {
    int bytes = text.length() > max ? text.length() : text.getBytes(UTF_8).length;
    if (bytes > max) {
      throw of(
          field,
          ErrorReason.TOO_LARGE,
          bytes + " bytes or more (expected: at most " + max + " bytes of UTF-8)");
    }
  }

  /**
   * What is read from a field's value.
   *
   * @param read refuses the value by an {@link InferenceException}
   * @throws FieldException if it did
   */
  public static <T> T at(String field, Supplier<T> read) {
    try {
      return read.get();
    } catch (InferenceException e) {
      throw switch (e.reason()) {
        case INVALID_ARGUMENT, SHAPE_MISMATCH, TOO_LARGE, UNSUPPORTED ->
            of(field, e.reason(), String.valueOf(e.getMessage()));
        case MODEL_FAILED, OUT_OF_MEMORY, BACKEND_FAILURE, DEVICE_LOST, INTERNAL -> e;
      };
    }
  }

  /**
   * The same mistake, seen from a message that holds the one that was read in a field of its own.
   */
  public FieldException within(String holder) {
    return new FieldException(holder + "." + field, reason, String.valueOf(getMessage()));
  }

  String field() {
    return field;
  }

  ErrorReason reason() {
    return reason;
  }
}
