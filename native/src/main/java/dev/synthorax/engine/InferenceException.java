package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** The one failure that crosses module borders: a reason for programs, a sentence for people. */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;
  private final @Nullable String subject;

  /** With a sentence that says what was wrong, what was expected and what to do. */
  public InferenceException(ErrorReason reason, String message) {
    this(reason, message, null, null);
  }

  /**
   * In full.
   *
   * @param subject what it is about: the path of a request's field, or a model's name; null where
   *     it is neither
   * @param cause the failure behind it, for logs only; null where there is none
   */
  public InferenceException(
      ErrorReason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.reason = requireNonNull(reason, "reason");
    this.subject = subject;
  }

  /** Why. */
  public ErrorReason reason() {
    return reason;
  }

  /** The field's path or the model's name; null where it is about neither. */
  public @Nullable String subject() {
    return subject;
  }
}
