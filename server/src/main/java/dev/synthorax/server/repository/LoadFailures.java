package dev.synthorax.server.repository;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.text.PlainText;

/** What a load that ended by a throw says to people. */
final class LoadFailures {
  private LoadFailures() {}

  /** The failure as one of this product, in one line. */
  static InferenceException of(Throwable thrown) {
    return switch (thrown) {
      case InferenceException failure -> failure;
      case OutOfMemoryError e ->
          failed(
              "it does not fit into memory: " + e.getMessage() + " (expected: a smaller model)", e);
      case StackOverflowError e ->
          failed("a file of it is nested too deeply (expected: a model's files)", e);
      case RuntimeException e when e.getMessage() != null -> failed(e.getMessage(), e);
      default -> failed("it did not load: " + thrown, thrown);
    };
  }

  private static InferenceException failed(String message, Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, PlainText.line(message), cause);
  }
}
