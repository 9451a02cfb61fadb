package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Edema;

/**
 * Pulmonary edema: haze around both hila like the wings of a bat, thinning outwards and sparing the
 * periphery.
 */
final class PerihilarHaze implements Opacity {
  private final Habitus habitus;
  private final ValueNoise noise;
  private final double haze;
  private final double basal;

  PerihilarHaze(Edema lesion, Habitus habitus, ValueNoise noise, double u, double v) {
    this.habitus = habitus;
    this.noise = noise;
    haze =
        switch (lesion.severity()) {
          case SMALL -> 0.14 + 0.04 * u;
          case MODERATE -> 0.25 + 0.06 * u;
          case LARGE -> 0.40 + 0.1 * u;
        };
    basal = 0.05 + 0.08 * v;
  }

  @Override
  public double share(Side side, double ax, double x, double y) {
    double hilumY = habitus.carinaY + (side == Side.RIGHT ? 3.2 : 2.4);
    double unit = habitus.halfWidth / 13.9;
    double dx = (ax - 4.4 * unit) / (5.0 * unit);
    double dy = y - hilumY;
    dy /= dy < 0 ? 5.2 : 7.2;
    double r2 = dx * dx + dy * dy + 0.25 * noise.fractal(x, y, 4, 3);
    double wing = haze * Calc.smoothStep(1.5, 0, r2);
    double low = basal * Calc.smoothStep(habitus.carinaY, habitus.domeY(side), y);
    double even = 0.22 * haze;
    return Calc.clamp((wing + low + even) * (1 + 0.22 * noise.fractal(x, y + 30, 1.3, 3)), 0, 0.95);
  }
}
