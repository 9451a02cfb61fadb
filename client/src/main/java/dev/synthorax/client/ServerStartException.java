package dev.synthorax.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server process that did not come to serve: one line for people, and what it printed last. */
public final class ServerStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> tail;

  ServerStartException(String message, List<String> tail, @Nullable Throwable cause) {
    super(message, cause);
    this.tail = List.copyOf(tail);
  }

  /**
   * Returns the last lines the server printed, oldest first; empty where the message says it all.
   */
  public List<String> tail() {
    return tail;
  }
}
