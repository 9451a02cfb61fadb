package dev.synthorax.client.phantom;

/**
 * What lies between the lungs besides the heart: great vessels, aortic arch, descending aorta, fat.
 */
final class Mediastinum {
  // distance from the carina downwards, half-width to the patient's right, half-width to the left
  private static final double[][] BORDERS = {
    {-13, 3.0, 3.0},
    {-10, 2.55, 2.5},
    {-7.5, 2.4, 2.35},
    {-5, 2.5, 2.3},
    {-2.5, 2.8, 2.4},
    {0, 2.9, 2.5},
    {2, 2.8, 2.7},
    {5, 2.95, 2.8},
    {8, 3.3, 2.9},
    {11, 3.2, 2.7},
    {14, 2.8, 2.6},
    {24, 2.8, 2.6},
  };

  private static final double DEPTH = 1; // of the great vessels

  private final Habitus habitus;
  private final double wide;
  private final double knob;
  private final double aortaX;
  private final double trunk;
  private final double scale;

  Mediastinum(Examination examination, Habitus habitus) {
    this.habitus = habitus;
    scale = 1 / habitus.geometry.relative(DEPTH);
    Draw draw = examination.ofPatient(Draw.Purpose.SKELETON);
    double full = habitus.geometry.portable() ? 1.1 : 1; // lying down the veins fill
    wide = habitus.halfWidth / 13.9 * draw.normal(1, 0.06) * full;
    knob = Math.min(1.95, draw.normal(1.38, 0.12) + 0.42 * habitus.unfolding);
    aortaX = draw.normal(1.5, 0.2) + 0.75 * habitus.unfolding;
    trunk = draw.normal(1.45, 0.18);
  }

  /** Share of the cavity's chord at a point of the film that is mediastinum and not lung, 0..1. */
  double share(double filmX, double filmY) {
    double x = filmX * scale;
    double y = filmY * scale;
    double dx = x - habitus.midlineX(y);
    double dy = y - habitus.carinaY;
    if (dx > 6 || dx < -4.5) {
      return 0;
    }
    double clear = 1;
    double u = dx / half(dx, dy);
    double u2 = u * u;
    double lower = Calc.smoothStep(4, 10, dy);
    double rim = Calc.root(1 - u2);
    double soft =
        dx > 0 ? 0.2 + 0.6 * Calc.smoothStep(-2.5, -5, dy) : 0.3; // the left subclavian fades
    double upperShape = Calc.mix(rim * (1.35 - 0.35 * rim), 1.1 * rim * rim, soft);
    double lowerShape = u2 >= 1 ? 0 : (1 - u2) * (1 - u2);
    clear *= 1 - Calc.mix(0.92 * upperShape, 0.5 * lowerShape, lower);
    if (dy > -2.3) {
      double centre = aortaX - 0.055 * dy;
      double v = (dx - centre) / 1.2;
      clear *= 1 - 0.2 * Calc.root(1 - v * v);
    }
    return 1 - clear;
  }

  /** Whether the silhouette of the mediastinum covers the point. */
  boolean covers(double filmX, double filmY) {
    double x = filmX * scale;
    double y = filmY * scale;
    double dx = x - habitus.midlineX(y);
    double dy = y - habitus.carinaY;
    return Math.abs(dx) < half(dx, dy);
  }

  /** Half-width of the silhouette; on the left the aortic knob and the pulmonary trunk bulge. */
  private double half(double dx, double dy) {
    if (dx < 0) {
      double ascending = habitus.unfolding * 0.75; // its arc bulges to the right above the heart
      return border(dy, 1) * wide
          + ascending * Calc.smoothStep(-3, 1.5, dy) * Calc.smoothStep(6, 3, dy);
    }
    double half = border(dy, 2) * wide;
    half = Calc.smoothMax(half, arc(dy + 2.4, 1.7, knob * 1.12, knob), 0.8);
    return Calc.smoothMax(half, arc(dy - 1.7, 1.3, trunk * 1.5, trunk), 0.9);
  }

  private static double arc(double dy, double centre, double tall, double wide) {
    double v = dy / tall;
    return v * v >= 1 ? 0 : centre + wide * Math.sqrt(1 - v * v);
  }

  private static double border(double dy, int side) {
    int i = 0;
    while (i < BORDERS.length - 2 && BORDERS[i + 1][0] < dy) {
      i++;
    }
    double t = Calc.smoothStep(BORDERS[i][0], BORDERS[i + 1][0], dy);
    return Calc.mix(BORDERS[i][side], BORDERS[i + 1][side], t);
  }
}
