package dev.synthorax.server.inference;

import dev.synthorax.server.grpc.FieldException;
import org.jspecify.annotations.Nullable;

/**
 * Where in shared memory a tensor lies.
 *
 * @param region as registered
 * @param offset bytes from its beginning
 * @param byteSize bytes of the tensor, or at most for one that is written
 */
record SharedRange(String region, long offset, long byteSize) {
  static final String REGION = "shared_memory_region";
  static final String BYTE_SIZE = "shared_memory_byte_size";
  static final String OFFSET = "shared_memory_offset";

  /**
   * What a tensor's parameters say.
   *
   * @return null: it is in the message
   * @throws FieldException if they are incomplete
   */
  static @Nullable SharedRange of(Parameters parameters) {
    String region = parameters.text(REGION);
    if (region == null) {
      for (String name : new String[] {BYTE_SIZE, OFFSET}) {
        if (parameters.has(name)) {
          throw parameters.wrong(name, "given alone (expected: with %s)".formatted(REGION));
        }
      }
      return null;
    }
    if (!parameters.has(BYTE_SIZE)) {
      throw parameters.wrong(BYTE_SIZE, "not there (expected: with %s)".formatted(REGION));
    }
    return new SharedRange(region, parameters.number(OFFSET, 0), parameters.number(BYTE_SIZE, 0));
  }
}
