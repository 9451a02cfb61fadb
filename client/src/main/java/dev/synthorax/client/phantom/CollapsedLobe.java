package dev.synthorax.client.phantom;

/**
 * A lower lobe without air, drawn in towards the spine: a wedge with its point at the hilum and its
 * base on the dome.
 */
final class CollapsedLobe implements Opacity {
  private final Side collapsed;
  private final Habitus habitus;
  private final Heart heart;
  private final ValueNoise noise;
  private final double density;

  CollapsedLobe(Side collapsed, Habitus habitus, Heart heart, ValueNoise noise, double v) {
    this.collapsed = collapsed;
    this.habitus = habitus;
    this.heart = heart;
    this.noise = noise;
    density = 0.5 + 0.18 * v;
  }

  @Override
  public double share(Side side, double ax, double x, double y) {
    if (side != collapsed) {
      return 0;
    }
    double top = habitus.carinaY + 2.6;
    double bottom = habitus.domeY(side) + 4;
    double t = (y - top) / (bottom - top);
    if (t <= 0 || t > 1.3) {
      return 0;
    }
    double inner = side == Side.RIGHT ? 0 : 0.5;
    double heartEdge = Math.max(4.2, Math.abs(heart.centreX()) + 3.6);
    double edge =
        2.4
            + inner
            + (heartEdge + 3.0 - 2.4) * t * (0.75 + 0.25 * t)
            + 0.25 * noise.octave(x, y, 2.5);
    return density * Calc.smoothStep(edge + 0.55, edge - 0.5, ax) * Calc.smoothStep(0, 0.15, t);
  }
}
