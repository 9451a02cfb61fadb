package dev.synthorax.client.phantom;

/**
 * The pleural cavities: what lies inside the ribs, above the diaphragm.
 *
 * <p>A bullet-shaped barrel whose half-width and half-depth follow the height, closed above by a
 * rounded apex on each side and below by two domes. All chords are along the beam, in centimetres.
 */
final class ThoracicCavity {
  private static final double APEX_X = 4.7;

  private final Habitus habitus;
  private final double apexX;
  private final double widestY;

  ThoracicCavity(Habitus habitus) {
    this.habitus = habitus;
    apexX = APEX_X * habitus.halfWidth / 13.9;
    widestY = habitus.apexY + 0.8 * (habitus.baseY - habitus.apexY);
  }

  /** Inner half-width of the rib cage at height {@code y}; the apex value above the apex. */
  double halfWidth(double y) {
    double u = Calc.clamp((y - habitus.apexY) / (widestY - habitus.apexY), 0, 1);
    double v = 1 - u;
    double shape = 0.27 * Math.sqrt(1 - v * v) + 0.73 * (1 - v * v * (0.45 + 0.55 * v));
    double below = Calc.clamp((y - widestY) / 8, 0, 2);
    return apexX + (habitus.halfWidth - apexX) * shape - 0.35 * below * below;
  }

  /** Inner half-depth of the rib cage at height {@code y}. */
  double halfDepth(double y) {
    double v = 1 - Calc.clamp((y - habitus.apexY) / (0.62 * (habitus.baseY - habitus.apexY)), 0, 1);
    return habitus.halfDepth * (0.36 + 0.64 * (1 - v * v));
  }

  /** The greatest inner width above the lower dome: the denominator of the cardiothoracic ratio. */
  double internalWidth() {
    double widest = 0;
    double bottom = Math.max(habitus.domeRightY, habitus.domeLeftY) + 2;
    for (double y = habitus.apexY; y <= bottom; y += 0.05) {
      widest = Math.max(widest, 2 * halfWidth(y));
    }
    return widest;
  }

  /**
   * Rounding of a section at relative place {@code u} = |x| / half-width: 1 in the middle, 0 at the
   * wall.
   */
  static double section(double u) {
    double squared = u * u;
    return Calc.root(1 - squared * (0.35 + 0.65 * squared));
  }

  /**
   * Chord of the cavity at {@code ax} = |x|, {@code y}: zero outside. The domes are not taken out.
   */
  double chord(double ax, double y) {
    double depth = y - habitus.apexY;
    if (depth <= 0) {
      return 0;
    }
    double w = halfWidth(y);
    if (ax >= w) {
      return 0;
    }
    double chord = 2 * halfDepth(y) * section(ax / w);
    if (depth < 5) { // the apex closes towards the middle as well
      double inner = innerEdge(depth);
      double middle = 0.5 * (w + inner);
      double half = 0.5 * (w - inner);
      double r = (ax - middle) / half;
      double round = 2 * habitus.halfDepth * 0.62 * Calc.root(1 - r * r) * Calc.root(depth / 5);
      double t = Calc.smoothStep(0.5, 5, depth);
      chord = Calc.mix(Math.min(round, chord), chord, t);
    }
    return chord;
  }

  /** Distance of the lung's inner edge from the midline near the apex. */
  double innerEdge(double depth) {
    double v = 1 - Calc.clamp(depth / 4.5, 0, 1);
    return apexX - (apexX - 1.6) * Math.sqrt(1 - v * v);
  }

  /** Sideways place of the top of a dome, as |x|. */
  private double domeX() {
    return 0.43 * habitus.halfWidth;
  }

  /**
   * Squared relative distance of |x| from the top of the dome; 1 at its rim. Negative {@code ax}:
   * other side.
   */
  private double domeU2(double ax, double y) {
    double top = domeX();
    double half =
        ax > top ? halfWidth(Math.min(y, habitus.baseY)) - 0.12 - top : 0.85 * habitus.halfWidth;
    double u = (ax - top) / half;
    return u * u;
  }

  /** Height of the dome's silhouette at {@code ax}; grows downwards to the costophrenic angle. */
  double domeEdge(Side side, double ax) {
    double u2 = domeU2(ax, habitus.domeY(side) + 3);
    return habitus.domeY(side) + habitus.domeHeight(side) * (1 - Calc.root(1 - u2));
  }

  /** Whether a point at {@code ax}, {@code y} lies below the silhouette of the dome. */
  boolean belowDome(Side side, double ax, double y) {
    double height = habitus.domeHeight(side);
    double v = (y - habitus.domeY(side) - height) / height;
    if (v < -1) {
      return false;
    }
    return v >= 0 || domeU2(ax, y) + v * v < 1;
  }

  /**
   * Chord of the abdomen inside the rib cage at {@code ax}, {@code y}, before it is cut to the
   * cavity.
   */
  double abdomenChord(Side side, double ax, double y) {
    double top = habitus.domeY(side);
    double height = habitus.domeHeight(side);
    double v = (y - top - height) / height;
    if (v <= -1) {
      return 0;
    }
    double u2 = domeU2(ax, y);
    double half = v < 0 ? Calc.root(1 - u2 - v * v) : Calc.root(1 - u2);
    double open = Math.max(0, height - Habitus.DOME_HEIGHT);
    double from = top + 0.5 + 2.2 * open; // from there on the recess behind runs out
    double full = Calc.smoothStep(from, from + 10 - 1.5 * open, y);
    return 2 * habitus.halfDepth * Calc.mix(0.84 * half, 1.1, full);
  }
}
