package dev.synthorax.engine.onnxruntime;

import org.jspecify.annotations.Nullable;

/** What a native library says, fit for one line. */
final class Messages {

  private static final int LIMIT = 400;

  private Messages() {}

  static String oneLine(@Nullable String message) {
    if (message == null || message.isBlank()) {
      return "no message";
    }
    String line = message.strip().replaceAll("\\s+", " ");
    return line.length() <= LIMIT ? line : line.substring(0, LIMIT) + "...";
  }
}
