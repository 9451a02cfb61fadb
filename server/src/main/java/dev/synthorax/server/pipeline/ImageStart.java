package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.NoiseLevel;
import org.jspecify.annotations.Nullable;

/** Where one image starts and what it is to show; holds no floats of its own. */
final class ImageStart {
  private final long seed;
  private final float @Nullable [] given;
  private final int givenOffset;
  private final int historyEntries;
  private final Conditioning conditioning;
  private final @Nullable NoiseLevel level;

  /**
   * A start.
   *
   * @param seed decides all its noise
   * @param given start noise of every image of the request; null: drawn from the seed
   * @param givenOffset of this image's
   * @param historyEntries that its steps read at most
   * @param level that its conditioning's start is noised to; null: it starts from noise alone
   */
  ImageStart(
      long seed,
      float @Nullable [] given,
      int givenOffset,
      int historyEntries,
      Conditioning conditioning,
      @Nullable NoiseLevel level) {
    this.seed = seed;
    this.given = given;
    this.givenOffset = givenOffset;
    this.historyEntries = historyEntries;
    this.conditioning = conditioning;
    this.level = level;
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

  @Nullable NoiseLevel level() {
    return level;
  }

  Conditioning conditioning() {
    return conditioning;
  }
}
