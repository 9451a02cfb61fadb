package dev.synthorax.server.inference;

import dev.synthorax.server.grpc.FieldException;

/** Names and versions of models, as requests say them. */
final class ModelNames {
  private static final int MAX_BYTES = 128;

  private ModelNames() {}

  /**
   * Checks a model's name and version.
   *
   * @param nameField that the name came in
   * @param version empty: whatever is there
   * @throws FieldException if there is no name, or one of them is too long to be one
   */
  static void require(String nameField, String name, String versionField, String version) {
    if (name.isBlank()) {
      throw FieldException.invalid(nameField, "not there (expected: the name of a model)");
    }
    requireLength(nameField, name);
    requireLength(versionField, version);
  }

  /**
   * Checks that a text is short enough to be a name.
   *
   * @throws FieldException if it is not
   */
  static void requireLength(String field, String text) {
    if (text.length() > MAX_BYTES) {
      throw FieldException.invalid(
          field, "%d characters (expected: up to %d)".formatted(text.length(), MAX_BYTES));
    }
  }
}
