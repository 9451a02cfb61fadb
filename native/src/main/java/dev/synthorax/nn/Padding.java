package dev.synthorax.nn;

/**
 * Zeros around an image before a convolution, in pixels.
 *
 * @param top rows above
 * @param left columns before
 * @param bottom rows below
 * @param right columns after
 */
public record Padding(int top, int left, int bottom, int right) {

  /** No padding. */
  public static final Padding NONE = of(0);

  /** One row below and one column to the right: the downsampler of {@code AutoencoderKL}. */
  public static final Padding BOTTOM_RIGHT = new Padding(0, 0, 1, 1);

  /** Checks that no side is negative. */
  public Padding {
    if (top < 0 || left < 0 || bottom < 0 || right < 0) {
      throw new IllegalArgumentException(
          "padding: %d,%d,%d,%d (expected: no negative side)".formatted(top, left, bottom, right));
    }
  }

  /**
   * The same padding on every side.
   *
   * @param pixels at least 0
   */
  public static Padding of(int pixels) {
    return new Padding(pixels, pixels, pixels, pixels);
  }

  /** Whether {@code top == bottom} and {@code left == right}, which runtimes take directly. */
  public boolean symmetric() {
    return top == bottom && left == right;
  }
}
