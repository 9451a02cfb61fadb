package dev.synthorax.server.failure;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The server's own failure beside {@link dev.synthorax.engine.InferenceException}: a reason for
 * programs, a sentence for people.
 */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ServerReason reason;
  private final @Nullable String model;

  /** With a sentence that says what was wrong, what was expected and what to do. */
  public ServerException(ServerReason reason, String message) {
    this(reason, message, null);
  }

  /**
   * In full.
   *
   * @param model name of the model it is about; null where it is about none
   */
  public ServerException(ServerReason reason, String message, @Nullable String model) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
    this.model = model;
  }

  /** Why. */
  public ServerReason reason() {
    return reason;
  }

  /** Name of the model it is about; null where it is about none. */
  public @Nullable String model() {
    return model;
  }
}
