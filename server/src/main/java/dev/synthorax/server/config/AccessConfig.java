package dev.synthorax.server.config;

import java.util.regex.Pattern;

/**
 * What clients may do beside asking; nothing until it is allowed.
 *
 * @param modelControl whether they may load and unload models
 * @param sharedMemoryPrefix of the regions of the machine's shared memory that they may register, 1
 *     to 64 letters, digits, '_' or '-'; empty: none
 */
public record AccessConfig(boolean modelControl, String sharedMemoryPrefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{0,64}");

  /** What holds where nothing is said. */
  public static final AccessConfig DEFAULT = new AccessConfig(false, "");

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public AccessConfig {
    if (!PREFIX.matcher(sharedMemoryPrefix).matches()) {
      throw new IllegalArgumentException(
          "shared-memory-prefix: %s (expected: up to 64 letters, digits, '_' or '-')"
              .formatted(sharedMemoryPrefix));
    }
  }
}
