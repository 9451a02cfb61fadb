package dev.synthorax.client.metrics;

import java.util.Locale;

/**
 * What a contour is and how its parts count. The two usual packages differ, so a result has to say.
 */
public enum SurfaceConvention {
  /**
   * Contour elements between pixel centres (marching squares), counted by their length; the
   * percentile is the first distance at which that share of the length is reached.
   *
   * @see <a href="https://github.com/google-deepmind/surface-distance">DeepMind
   *     surface-distance</a>
   */
  SURFACE_ELEMENTS,
  /**
   * Inside pixels with one of four neighbours outside, each counting one; the percentile is
   * interpolated linearly.
   *
   * @see <a href="https://docs.monai.io/en/stable/metrics.html">MONAI, without subvoxels</a>
   */
  EDGE_PIXELS;

  /** Returns the name in options and JSON, such as {@code edge-pixels}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
