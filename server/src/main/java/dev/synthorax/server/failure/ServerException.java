package dev.synthorax.server.failure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server's own failure beside {@link dev.synthorax.engine.InferenceException}: a reason for
 * programs, a sentence for people.
 */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ServerReason reason;
  private final @Nullable String subject;
  private final transient @Nullable Duration retryDelay;

  /** With a sentence that says what was wrong, what was expected and what to do. */
  public ServerException(ServerReason reason, String message) {
    this(reason, message, null, null);
  }

  /**
   * About something that has a name, such as a model.
   *
   * @param subject its name
   */
  public ServerException(ServerReason reason, String message, String subject) {
    this(reason, message, requireNonNull(subject, "subject"), null);
  }

  /**
   * That passes.
   *
   * @param retryDelay expected time until it has passed
   */
  public ServerException(ServerReason reason, String message, Duration retryDelay) {
    this(reason, message, null, requireNonNull(retryDelay, "retryDelay"));
  }

  private ServerException(
      ServerReason reason,
      String message,
      @Nullable String subject,
      @Nullable Duration retryDelay) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
    this.subject = subject;
    this.retryDelay = retryDelay;
  }

  /** The kind of failure, for programs. */
  public ServerReason reason() {
    return reason;
  }

  /** Name of what it is about; null where that has none. */
  public @Nullable String subject() {
    return subject;
  }

  /** Expected time until it has passed; null where nobody knows. */
  public @Nullable Duration retryDelay() {
    return retryDelay;
  }
}
