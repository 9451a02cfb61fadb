package dev.synthorax.server.pipeline;

import org.jspecify.annotations.Nullable;

/** Where one image starts and what it is to show; holds no floats of its own. */
final class ImageStart {
  private final long seed;
  private final float @Nullable [] given;
  private final int givenOffset;
  private final Conditioning conditioning;

  /**
   * A start.
   *
   * @param seed decides all its noise
   * @param given start latents of every image of the request; null: drawn from the seed
   * @param givenOffset of this image's
   */
  ImageStart(long seed, float @Nullable [] given, int givenOffset, Conditioning conditioning) {
    this.seed = seed;
    this.given = given;
    this.givenOffset = givenOffset;
    this.conditioning = conditioning;
  }

  long seed() {
    return seed;
  }

  float @Nullable [] given() {
    return given;
  }

  int givenOffset() {
    return givenOffset;
  }

  Conditioning conditioning() {
    return conditioning;
  }
}
