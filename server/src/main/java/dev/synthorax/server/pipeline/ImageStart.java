package dev.synthorax.server.pipeline;

import org.jspecify.annotations.Nullable;

/** Where one image starts and what it is to show; holds no floats of its own. */
final class ImageStart {
  private final long seed;
  private final float @Nullable [] given;
  private final int givenOffset;
  private final int historyEntries;
  private final Conditioning conditioning;

  /**
   * A start.
   *
   * @param seed decides all its noise
   * @param given start latents of every image of the request; null: drawn from the seed
   * @param givenOffset of this image's
   * @param historyEntries that its steps read at most
   */
  ImageStart(
      long seed,
      float @Nullable [] given,
      int givenOffset,
      int historyEntries,
      Conditioning conditioning) {
    this.seed = seed;
    this.given = given;
    this.givenOffset = givenOffset;
    this.historyEntries = historyEntries;
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

  int historyEntries() {
    return historyEntries;
  }

  Conditioning conditioning() {
    return conditioning;
  }
}
