package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The one failure that crosses module borders: a reason for programs, a sentence for people. The
 * sentence speaks of the value; whoever was given it says by which field or option.
 */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;

  /** With a sentence that says what was wrong, what was expected and what to do. */
  public InferenceException(ErrorReason reason, String message) {
    this(reason, message, null);
  }

  /**
   * In full.
   *
   * @param cause the failure behind it, for logs only; null where there is none
   */
  public InferenceException(ErrorReason reason, String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.reason = requireNonNull(reason, "reason");
  }

  /** The kind of failure, for programs. */
  public ErrorReason reason() {
    return reason;
  }
}
