package dev.synthorax.server.training;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.regex.Pattern;

/** Names of datasets, jobs and models that people choose; folders are named after them. */
public final class Names {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private Names() {}

  /**
   * The name itself.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is none
   */
  public static String require(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "'%s' (expected: 1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first)"
              .formatted(name));
    }
    return name;
  }
}
