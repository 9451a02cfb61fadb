package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * One finished image. The encoded bytes are the receiver's, who says when they are sent: until then
 * they count against what the server lets in.
 */
public final class GeneratedImage {
  private final int index;
  private final long seed;
  private final byte[] data;
  private final Timings timings;
  private final Runnable onSent;

  /**
   * Where an image's time went.
   *
   * @param queued from arrival to the first step
   * @param denoising from the first step to the last
   * @param decoding from the last step to the encoded image
   */
  public record Timings(Duration queued, Duration denoising, Duration decoding) {
    public Timings {
      requireNonNull(queued, "queued");
      requireNonNull(denoising, "denoising");
      requireNonNull(decoding, "decoding");
    }
  }

  GeneratedImage(int index, long seed, byte[] data, Timings timings, Runnable onSent) {
    this.index = index;
    this.seed = seed;
    this.data = data;
    this.timings = timings;
    this.onSent = onSent;
  }

  /** Position in the request, from 0. */
  public int index() {
    return index;
  }

  /** Seed that makes this image alone. */
  public long seed() {
    return seed;
  }

  /** The image in the request's encoding. */
  public byte[] data() {
    return data;
  }

  /** Says that the bytes are sent, or will never be. Idempotent; any thread. */
  public void sent() {
    onSent.run();
  }

  /** Where its time went. */
  public Timings timings() {
    return timings;
  }
}
