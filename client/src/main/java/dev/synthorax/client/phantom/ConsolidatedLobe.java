package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Lobe;

/**
 * Consolidation: a cloud in one lobe with a fuzzy edge, but a straight one where the minor fissure
 * bounds it. Volume is kept. Where it touches the heart (middle lobe, lingula) or the dome (lower
 * lobe), their outline is lost.
 */
final class ConsolidatedLobe implements Opacity {
  private final Consolidation lesion;
  private final ValueNoise noise;
  private final double centreX;
  private final double centreY;
  private final double radiusX;
  private final double radiusY;
  private final double density;
  private final double fissureY;

  ConsolidatedLobe(
      Consolidation lesion, Habitus habitus, ValueNoise noise, double u, double v, double w) {
    this.lesion = lesion;
    this.noise = noise;
    double unit = habitus.halfWidth / 13.9;
    fissureY = habitus.carinaY + 4.0 + 0.8 * (u - 0.5);
    double[] place = // x, y, half-width, half-height of the whole lobe's cloud
        switch (lesion.lobe()) {
          case UPPER ->
              new double[] {6.6 + 1.4 * (u - 0.5), habitus.apexY + 6.0 + 1.6 * (v - 0.5), 5.4, 5.4};
          case MIDDLE -> new double[] {5.6, habitus.carinaY + 7.6 + (v - 0.5), 4.9, 3.6};
          case LINGULA -> new double[] {7.6, habitus.carinaY + 7.6 + (v - 0.5), 4.9, 3.6};
          case LOWER ->
              new double[] {
                7.4 + 2.2 * (u - 0.5),
                habitus.domeY(lesion.side()) - 2.4 + 1.6 * (v - 0.5),
                5.6,
                5.6
              };
        };
    double grow =
        switch (lesion.severity()) {
          case SMALL -> 0.52 + 0.12 * w;
          case MODERATE -> 0.78 + 0.14 * w;
          case LARGE -> 1.08 + 0.22 * w;
        };
    centreX = place[0] * unit;
    centreY = place[1];
    radiusX = place[2] * grow * unit;
    radiusY = place[3] * grow * unit;
    density = 0.5 + 0.16 * v;
  }

  @Override
  public double share(Side side, double ax, double x, double y) {
    if (side != lesion.side()) {
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
    if (lesion.lobe() == Lobe.UPPER) {
      return lesion.side() == Side.RIGHT
          ? 1 - 0.85 * below
          : 1; // the left lung has no minor fissure
    }
    return lesion.lobe() == Lobe.MIDDLE ? 0.15 + 0.85 * below : 1;
  }
}
