package dev.synthorax.engine;

/**
 * An image of which a part is known and to stay: {@code x' = w x + (1 - w) (a y + b z)}. All are
 * float32 and as long as {@code latents}.
 *
 * @param latents {@code x}, replaced by {@code x'}
 * @param known {@code y}, latents of the known image
 * @param noise {@code z}, what the known image is noised with
 * @param redrawn {@code w}: 1 where the image is drawn anew, 0 where it stays
 * @param ofImage {@code a}
 * @param ofNoise {@code b}
 */
public record KnownPart(
    DeviceBuffer latents,
    DeviceBuffer known,
    DeviceBuffer noise,
    DeviceBuffer redrawn,
    float ofImage,
    float ofNoise) {
  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the buffers are not of one length
   */
  public KnownPart {
    RowOperations.requireFloats("latents", latents);
    requireSame("known", known, latents);
    requireSame("noise", noise, latents);
    requireSame("redrawn", redrawn, latents);
  }

  private static void requireSame(String name, DeviceBuffer buffer, DeviceBuffer latents) {
    if (buffer.byteSize() != latents.byteSize()) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: %d, as latents)"
              .formatted(name, buffer.byteSize(), latents.byteSize()));
    }
  }
}
