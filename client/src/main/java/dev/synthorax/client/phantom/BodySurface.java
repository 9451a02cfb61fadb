package dev.synthorax.client.phantom;

/**
 * The skin: how many centimetres of body the beam crosses. Trunk, neck, shoulders, arms and
 * breasts.
 */
final class BodySurface {
  private final Habitus habitus;
  private final ThoracicCavity cavity;
  private final double neck;
  private final double slope;
  private final double armX;
  private final double armSlant;
  private final double breastX;
  private final double breastY;
  private final double breastRadius;
  private final double breastDepth;
  private final double pectoral;

  BodySurface(Examination examination, Habitus habitus, ThoracicCavity cavity) {
    this.habitus = habitus;
    this.cavity = cavity;
    Draw draw = examination.ofPatient(Draw.Purpose.SKELETON);
    double size = habitus.halfWidth / 13.9;
    neck = (habitus.male ? 6.0 : 5.2) * size * draw.normal(1, 0.05);
    slope = draw.normal(0.21, 0.05);
    armX = habitus.halfWidth + draw.normal(3.6, 0.6);
    armSlant = draw.normal(0.5, 0.1);
    breastX = habitus.halfWidth * draw.normal(0.58, 0.03);
    breastY = habitus.carinaY + draw.normal(7.2, 0.9) + 0.03 * (habitus.ageYears - 50);
    breastRadius = 4.6 + 2.6 * habitus.breast;
    breastDepth = 0.9 + 1.7 * habitus.breast;
    pectoral = draw.range(0.6, habitus.male ? 2.0 : 1.0);
  }

  double chord(double x, double y) {
    double ax = Math.abs(x - habitus.spineX(y) * 0.6);
    double apex = habitus.apexY;
    double chord = 0;
    double line = apex - 3.0 + slope * Math.max(0, ax - neck) + 0.006 * ax * ax;
    // trunk
    double below = Math.max(y, apex + 6);
    double half = cavity.halfWidth(below) + habitus.wallSide;
    double u = ax / half;
    if (u < 1) {
      double depth = 2 * cavity.halfDepth(below) + habitus.wallDepth;
      double u2 = u * u;
      depth +=
          1.6 * Calc.smoothStep(habitus.domeRightY - 1, habitus.domeRightY + 6, y); // the belly
      double trunk = depth * Calc.root(1 - u2 * u2);
      chord = trunk * Calc.smoothStep(apex - 6, apex + 3.5, y) * Calc.smoothStep(0, 5, y - line);
    }
    // neck
    double n = ax / (neck * (1 + 0.35 * Calc.smoothStep(apex - 4, apex + 1, y)));
    if (n < 1) {
      double low = Calc.smoothStep(apex - 7, apex + 1, y);
      double column =
          2 * (5.6 + habitus.fat + 1.9 * low) * Calc.root(1 - n * n * (0.5 + 0.5 * n * n));
      chord = Calc.smoothMax(chord, column, 2);
    }
    // shoulder: trapezius line falling outwards
    if (y > line) {
      double shoulder = 13.0 * Calc.root(Calc.clamp((y - line) / 4.5, 0, 1));
      double axilla =
          apex + 4.5 + 1.1 * Math.max(0, ax - habitus.halfWidth - 0.5); // rises towards the trunk
      shoulder *= 1 - Calc.smoothStep(axilla, axilla + 5, y);
      chord = Calc.smoothMax(chord, shoulder, 2.5);
    }
    // arm, hanging away from the trunk
    double dy = y - (apex + 3);
    if (dy > -3) {
      double a = (ax - armX - armSlant * dy) / 4.3;
      double arm = 8.6 * Calc.root(1 - a * a) * Calc.smoothStep(-3, 3, dy);
      chord = Calc.smoothMax(chord, arm, 1.5);
    }
    return chord + breast(ax, y) + pectoralis(ax, y);
  }

  private double breast(double ax, double y) {
    if (habitus.breast == 0) {
      return 0;
    }
    double dx = (ax - breastX) / (breastRadius * 1.05);
    double dy = y - breastY;
    dy /= dy > 0 ? breastRadius * 0.8 : breastRadius * 1.7; // full below, thin above
    double r2 = dx * dx + dy * dy;
    double dome = Calc.root(1 - r2);
    double thin = Calc.smoothStep(0.55, -0.5, dy); // the upper part runs out gently
    return r2 >= 1 ? 0 : breastDepth * dome * Math.sqrt(dome) * Calc.mix(1, dome * dome, thin);
  }

  private double pectoralis(double ax, double y) {
    double dx = (ax - 0.62 * habitus.halfWidth) / 6.5;
    double dy = (y - habitus.apexY - 7) / 5.5;
    double r2 = dx * dx + dy * dy;
    return r2 >= 1 ? 0 : pectoral * (1 - r2);
  }
}
