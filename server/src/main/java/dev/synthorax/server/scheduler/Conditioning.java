package dev.synthorax.server.scheduler;

import org.jspecify.annotations.Nullable;

/** What an image is to show, as the network reads it. Arrays are shared and never written. */
public final class Conditioning {
  /** Neither text nor mask. */
  public static final Conditioning NONE = new Conditioning(null, null, null, null);

  private final float @Nullable [] text;
  private final float @Nullable [] negativeText;
  private final float @Nullable [] mask;
  private final float @Nullable [] negativeMask;

  /**
   * A conditioning.
   *
   * @param text text embedding; null: the zero embedding
   * @param negativeText embedding of the unconditional row; null: the zero embedding
   * @param mask mask channels in 0..1; null: no mask
   * @param negativeMask the same of the unconditional row
   */
  public Conditioning(
      float @Nullable [] text,
      float @Nullable [] negativeText,
      float @Nullable [] mask,
      float @Nullable [] negativeMask) {
    this.text = text;
    this.negativeText = negativeText;
    this.mask = mask;
    this.negativeMask = negativeMask;
  }

  float @Nullable [] text() {
    return text;
  }

  float @Nullable [] negativeText() {
    return negativeText;
  }

  float @Nullable [] mask() {
    return mask;
  }

  float @Nullable [] negativeMask() {
    return negativeMask;
  }
}
