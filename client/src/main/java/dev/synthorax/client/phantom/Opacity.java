package dev.synthorax.client.phantom;

/** Lung that holds fluid or cells where air should be. */
sealed interface Opacity permits ConsolidatedLobe, PerihilarHaze, CollapsedLobe {
  /**
   * Share of the lung's chord that is opaque at a point of one side, 0..1.
   *
   * @param side the side the point belongs to
   * @param ax distance from the spine's midline, in centimetres
   * @param x the point itself, for the noise that roughens the edge
   * @param y height of the point
   */
  double share(Side side, double ax, double x, double y);
}
