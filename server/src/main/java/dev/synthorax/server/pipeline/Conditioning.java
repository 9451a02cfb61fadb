package dev.synthorax.server.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What an image is to show, as the networks read it. Arrays are shared between images and never
 * written; an array is known by its identity, so that it is uploaded once.
 */
final class Conditioning {
  /** Neither text nor mask. */
  static final Conditioning NONE = new Conditioning(null, null, null, false, null);

  private final float @Nullable [] text;
  private final float @Nullable [] negativeText;
  private final float @Nullable [] mask;
  private final boolean maskOnBothRows;
  private final float @Nullable [] start;

  /**
   * A conditioning.
   *
   * @param text text embedding; null: the zero embedding
   * @param negativeText embedding of the unconditional row; null: the zero embedding
   * @param mask mask channels in 0..1; null: no mask
   * @param maskOnBothRows whether the unconditional row carries the mask too
   * @param start latents of the image to start from; null: noise alone
   */
  Conditioning(
      float @Nullable [] text,
      float @Nullable [] negativeText,
      float @Nullable [] mask,
      boolean maskOnBothRows,
      float @Nullable [] start) {
    this.text = text;
    this.negativeText = negativeText;
    this.mask = mask;
    this.maskOnBothRows = maskOnBothRows;
    this.start = start;
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

  boolean maskOnBothRows() {
    return maskOnBothRows;
  }

  float @Nullable [] start() {
    return start;
  }
}
