package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Effusion;

/**
 * A pleural effusion: a layer of fluid between lung and chest wall that thickens downwards.
 *
 * <p>Seen from the front the layer is met edge-on at the side, so its upper border rises there: the
 * meniscus. Under free air its surface is level. Lying down it spreads behind the lung as a veil
 * that thickens towards the base and blunts the angle. Some fluid stays under the lung: it looks
 * like a raised dome with its top further out.
 */
final class PleuralFluid {
  private static final double SUBPULMONIC_SHARE = 0.15; // of free small and moderate layers

  private final Side side;
  private final double topY;
  private final double rise;
  private final double full;
  private final double veil; // share of the chord behind the lung when lying, 0 upright
  private final double apexY;
  private final double domeY;
  private final boolean level;
  private final boolean subpulmonic;
  private final double crownX; // of the lower border of the lung over subpulmonic fluid
  private final double crownY;

  PleuralFluid(Effusion lesion, Side side, Habitus habitus, boolean level, Draw draw) {
    this.side = side;
    double t = draw.unit();
    double dome = habitus.domeY(side);
    double height = dome - habitus.apexY;
    topY =
        dome
            + switch (lesion.severity()) {
              case SMALL -> -0.6 + 1.6 * t;
              case MODERATE -> -height * (0.3 + 0.16 * t);
              case LARGE -> -height * (0.62 + 0.24 * t);
            };
    rise =
        switch (lesion.severity()) {
          case SMALL -> 3.6;
          case MODERATE -> height * (0.3 + 0.1 * t);
          case LARGE -> height * (0.42 + 0.12 * t);
        };
    full = habitus.halfWidth * 0.9;
    boolean lying = habitus.geometry.posture() == Geometry.Posture.SUPINE;
    this.level = level && !lying;
    boolean free = !lying && !level && lesion.severity() != Severity.LARGE;
    subpulmonic = draw.chance(SUBPULMONIC_SHARE) && free;
    crownY = dome - (lesion.severity() == Severity.SMALL ? 1.8 : 2.8) - t;
    crownX = 0.66 * habitus.halfWidth;
    apexY = habitus.apexY;
    domeY = dome;
    veil =
        !lying
            ? 0
            : switch (lesion.severity()) {
              case SMALL -> 0.12 + 0.05 * t;
              case MODERATE -> 0.24 + 0.08 * t;
              case LARGE -> 0.42 + 0.14 * t;
            };
  }

  Side side() {
    return side;
  }

  /** Share of the pleural chord at {@code ax}, {@code y} that is fluid, 0..1. */
  double share(ThoracicCavity cavity, double ax, double y) {
    if (level) {
      double surface = topY + 0.35 * rise;
      return Calc.smoothStep(surface - 0.08, surface + 0.08, y);
    }
    if (veil > 0) {
      return lying(cavity, ax, y);
    }
    if (subpulmonic) {
      return underLung(cavity, ax, y);
    }
    double depth = (y - topY) / rise;
    if (depth <= 0) {
      return 0;
    }
    double thickness = full * Math.min(1, depth * (0.1 + 0.9 * depth * depth * depth));
    double w = cavity.halfWidth(y);
    double inner = w - thickness;
    if (ax >= inner || inner <= 0.5) {
      return 1;
    }
    double outerChord = ThoracicCavity.section(ax / w);
    double shrunk = 1 - 0.85 * Calc.root(thickness / full); // front to back it closes faster
    double lungChord = shrunk * ThoracicCavity.section(ax / inner);
    return Calc.clamp(1 - lungChord / Math.max(outerChord, 1e-6), 0, 1);
  }

  private double underLung(ThoracicCavity cavity, double ax, double y) {
    double height = domeY + 4.6 - crownY;
    double v = (y - crownY - height) / height;
    if (v <= -1) {
      return 0;
    }
    double half = ax > crownX ? cavity.halfWidth(y) - crownX : crownX + 3;
    double u = (ax - crownX) / half;
    return Math.min(1, 1.3 * Calc.root(1 - u * u - (v < 0 ? v * v : 0)));
  }

  private double lying(ThoracicCavity cavity, double ax, double y) {
    double behind = veil * (0.45 + 0.55 * Calc.smoothStep(apexY + 1, domeY, y));
    double fromWall = cavity.halfWidth(y) - ax;
    double angle = Calc.smoothStep(domeY - 1, domeY + 4, y) * Calc.smoothStep(3.5, 0, fromWall);
    double cap = Calc.smoothStep(apexY + 1.6, apexY + 0.2, y); // over the apex
    return Calc.clamp(behind + Math.min(1, 2.2 * veil) * Math.max(angle, 0.8 * cap), 0, 1);
  }
}
