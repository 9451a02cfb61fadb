package dev.synthorax.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server process that did not come to serve: one line for people, and what it printed last. */
public final class ServerStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> tail;
  private final boolean badUsage;

  ServerStartException(String message, List<String> tail, @Nullable Throwable cause) {
    super(message, cause);
    this.tail = List.copyOf(tail);
    this.badUsage = false;
  }

  /** One that said itself what was wrong. */
  ServerStartException(String message, boolean badUsage) {
    super(message);
    this.tail = List.of();
    this.badUsage = badUsage;
  }

  /** Returns whether it was started with options that cannot be used. */
  public boolean badUsage() {
    return badUsage;
  }

  /**
   * Returns the last lines the server printed, oldest first; empty where the message says it all.
   */
  public List<String> tail() {
    return tail;
  }
}
