package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Focus;
import dev.synthorax.client.phantom.Lesion.Lobe;

/**
 * Consolidation: a cloud in one lobe with a fuzzy edge, but a straight one where the minor fissure
 * bounds it. Volume is kept. Where it touches the heart (middle lobe, lingula) or the dome (lower
 * lobe), their outline is lost.
 */
final class ConsolidatedLobe implements Opacity {
  private final Focus focus;
  private final ValueNoise noise;
  private final double centreX;
  private final double centreY;
  private final double radiusX;
  private final double radiusY;
  private final double density;
  private final double fissureY;

  /**
   * The free numbers of one cloud.
   *
   * @param across its place sideways within the lobe, 0..1
   * @param along its place up and down, and its density
   * @param grow size relative to the whole lobe's cloud
   */
  record Shape(double across, double along, double grow) {
    /** Draws a cloud; the second and third of a pneumonia are smaller than the main one. */
    Shape(Severity severity, boolean main, Draw draw) {
      this(
          draw.unit(),
          draw.unit(),
          (main ? 1 : draw.range(0.62, 0.95))
              * switch (severity) {
                case SMALL -> 0.52 + 0.12 * draw.unit();
                case MODERATE -> 0.78 + 0.14 * draw.unit();
                case LARGE -> 1.08 + 0.22 * draw.unit();
              });
    }
  }

  ConsolidatedLobe(Focus focus, Shape shape, Habitus habitus, ValueNoise noise) {
    this.focus = focus;
    this.noise = noise;
    double u = shape.across();
    double v = shape.along();
    double grow = shape.grow();
    double unit = habitus.halfWidth / 13.9;
    fissureY = habitus.carinaY + 4.0 + 0.8 * (u - 0.5);
    double[] place = // x, y, half-width, half-height of the whole lobe's cloud
        switch (focus.lobe()) {
          case UPPER ->
              new double[] {6.6 + 1.4 * (u - 0.5), habitus.apexY + 6.0 + 1.6 * (v - 0.5), 5.4, 5.4};
          case MIDDLE -> new double[] {5.6, habitus.carinaY + 7.6 + (v - 0.5), 4.9, 3.6};
          case LINGULA -> new double[] {7.6, habitus.carinaY + 7.6 + (v - 0.5), 4.9, 3.6};
          case LOWER ->
              new double[] {
                7.4 + 2.2 * (u - 0.5), habitus.domeY(focus.side()) - 2.4 + 1.6 * (v - 0.5), 5.6, 5.6
              };
        };
    centreX = place[0] * unit;
    centreY = place[1];
    radiusX = place[2] * grow * unit;
    radiusY = place[3] * grow * unit;
    density = 0.5 + 0.16 * v;
  }

  @Override
  public double share(Side side, double ax, double x, double y) {
    if (side != focus.side()) {
      return 0;
    }
    double dx = (ax - centreX) / radiusX;
    double dy = (y - centreY) / radiusY;
    double r2 = dx * dx + dy * dy;
    if (r2 > 3) {
      return 0;
    }
    double field = 1 - r2 + 0.95 * noise.fractal(x, y, 4.4, 4);
    double share = density * Calc.smoothStep(-0.4, 0.95, field);
    share *= withinFissure(ax, y);
    return share * (0.88 + 0.12 * noise.fractal(x + 40, y, 1.0, 2));
  }

  private double withinFissure(double ax, double y) {
    double line = fissureY + 0.12 * (ax - 6);
    double below = Calc.smoothStep(line - 0.25, line + 0.25, y);
    if (focus.lobe() == Lobe.UPPER) {
      return focus.side() == Side.RIGHT
          ? 1 - 0.85 * below
          : 1; // the left lung has no minor fissure
    }
    return focus.lobe() == Lobe.MIDDLE ? 0.15 + 0.85 * below : 1;
  }
}
