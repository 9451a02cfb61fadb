package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.ImageRoute;
import dev.synthorax.diffusion.NoiseLevel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Where one image starts and what it is to show; holds no floats of its own. */
final class ImageStart {
  private final long seed;
  private final float @Nullable [] given;
  private final int givenOffset;
  private final int historyEntries;
  private final Conditioning conditioning;
  private final @Nullable Origin origin;

  /**
   * A start.
   *
   * @param seed decides all its noise
   * @param given start noise of every image of the request; null: drawn from the seed
   * @param givenOffset of this image's
   * @param historyEntries that its steps read at most
   * @param origin how it starts from its conditioning's start; null: it starts from noise alone
   */
  ImageStart(
      long seed,
      float @Nullable [] given,
      int givenOffset,
      int historyEntries,
      Conditioning conditioning,
      @Nullable Origin origin) {
    this.seed = seed;
    this.given = given;
    this.givenOffset = givenOffset;
    this.historyEntries = historyEntries;
    this.conditioning = conditioning;
    this.origin = origin;
  }

  long seed() {
    return seed;
  }

  /**
   * Writes the noise that it starts from, drawn on the processor, so that a seed starts at the same
   * bits on every device.
   *
   * @param room as long as one image's latents; overwritten
   */
  void writeNoise(float[] room, MemorySegment to) {
    float[] all = given;
    if (all == null) {
      CounterNoise.normal(seed, 0, 0, room);
      MemorySegment.copy(room, 0, to, ValueLayout.JAVA_FLOAT, 0, room.length);
    } else {
      MemorySegment.copy(all, givenOffset, to, ValueLayout.JAVA_FLOAT, 0, room.length);
    }
  }

  /** Writes its latents: that noise, mixed with the image that it starts from. */
  void writeLatents(float[] room, MemorySegment to) {
    writeNoise(room, to);
    float[] image = conditioning.start();
    if (origin != null && image != null) {
      float ofImage = (float) origin.level.image();
      float ofNoise = (float) origin.level.noise();
      for (int i = 0; i < image.length; i++) {
        float drawn = to.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        to.setAtIndex(ValueLayout.JAVA_FLOAT, i, ofImage * image[i] + ofNoise * drawn);
      }
    }
  }

  int historyEntries() {
    return historyEntries;
  }

  @Nullable Origin origin() {
    return origin;
  }

  /** How an image starts from another one; the same for all of a request. */
  static final class Origin {
    private final NoiseLevel level;
    private final ImageRoute route;
    private final float @Nullable [] redrawn;

    /**
     * An origin.
     *
     * @param level that the other image is noised to
     * @param redrawn 1 for each latent that is drawn anew, 0 where the other image stays; null: all
     *     are
     */
    Origin(NoiseLevel level, ImageRoute route, float @Nullable [] redrawn) {
      this.level = level;
      this.route = route;
      this.redrawn = redrawn;
    }

    ImageRoute route() {
      return route;
    }

    float @Nullable [] redrawn() {
      return redrawn;
    }
  }

  Conditioning conditioning() {
    return conditioning;
  }
}
