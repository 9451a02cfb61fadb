package dev.synthorax.server.training;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a future failed with. */
final class Futures {
  private Futures() {}

  /** Its message, without what futures wrap around it. */
  static String message(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }
}
