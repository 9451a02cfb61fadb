package dev.synthorax.client.phantom;

/** Gas below the diaphragm: the gastric bubble with its fluid level, sometimes gas in the colon. */
final class Abdomen {
  private final Habitus habitus;
  private final double bubbleX;
  private final double bubbleY;
  private final double bubbleRx;
  private final double bubbleRy;
  private final double level;
  private final double[][] loops;
  private final ValueNoise noise;

  Abdomen(Habitus habitus, ValueNoise noise, Draw draw) {
    this.habitus = habitus;
    this.noise = noise;
    boolean visible = draw.chance(0.82);
    bubbleRx = visible ? draw.range(1.5, 3.1) : 0;
    bubbleRy = draw.range(1.1, 2.0);
    bubbleX = habitus.halfWidth * draw.range(0.4, 0.56);
    bubbleY = habitus.domeLeftY + 0.9 + bubbleRy + draw.range(0, 0.6);
    boolean lying = habitus.geometry.posture() == Geometry.Posture.SUPINE;
    double fluid = draw.range(0.1, 0.8);
    level = (lying ? 3 : fluid) * bubbleRy; // lying, the fluid is behind the gas
    int count = draw.chance(0.45) ? 2 + draw.below(3) : 0;
    loops = new double[count][];
    double x = habitus.halfWidth * draw.range(0.7, 0.8);
    for (int i = 0; i < count; i++) {
      double r = draw.range(0.8, 1.5);
      loops[i] =
          new double[] {
            x - i * 1.5 + draw.range(-0.4, 0.4),
            habitus.baseY + 1.6 + draw.range(-0.5, 1.0),
            r * 1.15,
            r
          };
    }
  }

  /** Centimetres of gas along the beam at ({@code x}, {@code y}). */
  double gas(double x, double y) {
    if (y < habitus.domeLeftY) {
      return 0;
    }
    double gas = 0;
    if (bubbleRx > 0) {
      double dx = (x - bubbleX) / bubbleRx;
      double dy = (y - bubbleY) / bubbleRy;
      double open = 1 - Calc.smoothStep(level - 0.12, level + 0.15, y - bubbleY);
      gas = 4.6 * open * pouch(1 - dx * dx - dy * dy - 0.3 * noise.fractal(x, y, 1.9, 2));
    }
    for (double[] loop : loops) {
      double dx = (x - loop[0]) / loop[2];
      double dy = (y - loop[1]) / loop[3];
      double folds = 0.7 * noise.fractal(x, y, 1.1, 2); // haustra and what the gut holds
      gas = Math.max(gas, 2.3 * pouch(1 - dx * dx - dy * dy - folds));
    }
    return gas;
  }

  /** Depth of a soft-walled pouch, relative: its wall is met obliquely, so its edge is soft. */
  private static double pouch(double field) {
    return field <= 0 ? 0 : field / (Math.sqrt(field) + 0.35);
  }
}
