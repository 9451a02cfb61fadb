package dev.synthorax.client.phantom;

/**
 * Twelve pairs of ribs on the wall of the chest, as swept shells of cortical bone.
 *
 * <p>A rib starts beside its vertebra, falls outwards along the back (about 20 to 30 degrees on the
 * film), turns forward at the side and falls inwards along the front (40 to 50 degrees) to its
 * cartilage, which does not show.
 */
final class Ribs {
  private static final double HALF_PI = 1.5707963267948966;
  // angle past the side at which bone ends and cartilage begins, for ribs 1 to 10
  private static final double[] FRONT_END = {
    0.98, 1.06, 1.08, 1.06, 1.02, 0.96, 0.88, 0.78, 0.62, 0.42
  };
  private static final double[] DROP = {
    0.42, 0.62, 0.8, 0.92, 1, 1.03, 1.06, 1.08, 1.1, 1.12, 1.1, 0.9
  };
  private static final int STEPS = 14;

  private final Habitus habitus;
  private final ThoracicCavity cavity;
  private final double calibre;
  private final double density;
  private final double frontSlope;

  Ribs(Habitus habitus, ThoracicCavity cavity, Draw draw) {
    this.habitus = habitus;
    this.cavity = cavity;
    calibre = (habitus.male ? 1.04 : 0.92) * draw.normal(1, 0.06);
    density = 0.86 * draw.normal(1, 0.12);
    frontSlope = draw.normal(3.4, 0.4);
  }

  void draw(TubeCanvas canvas, Draw draw) {
    for (int rib = 0; rib < 12; rib++) {
      double wobble = draw.normal(0, 0.12);
      for (int sign = -1; sign <= 1; sign += 2) {
        double own = wobble + draw.normal(0, 0.08);
        rib(canvas, rib, sign, own);
      }
    }
  }

  private double headY(int rib) {
    return habitus.apexY + 0.35 + habitus.pitch * (rib * 0.985);
  }

  private double drop(int rib) {
    return habitus.ribDrop * DROP[rib];
  }

  private double behindY(int rib, double angle) {
    double sine = sine(angle);
    double cosine = sine(HALF_PI - angle);
    return headY(rib)
        - 0.35 * sine(2 * Math.min(angle, HALF_PI / 2)) * (1 - angle / HALF_PI)
        + drop(rib) * (0.42 * sine * sine + 0.58 * (1 - cosine));
  }

  private void rib(TubeCanvas canvas, int rib, int sign, double offset) {
    Tube tube = new Tube(2 * STEPS + 1);
    double end = rib == 11 ? 0.8 : rib == 10 ? 1.25 : HALF_PI;
    double start = 1.9 / cavity.halfWidth(headY(rib) + 1);
    for (int i = 0; i <= STEPS; i++) {
      double t = (double) i / STEPS;
      double angle = start + (end - start) * t;
      double radius = calibre * (0.5 + 0.12 * Calc.smoothStep(0, 0.35, t)) * (rib > 9 ? 0.85 : 1);
      double weight = rib > 9 ? 1 - 0.6 * Calc.smoothStep(0.75, 1, t) : 1 - 0.12 * t;
      place(tube, angle, behindY(rib, angle) + offset, sign, radius, weight);
    }
    if (rib < 10) {
      double sideY = behindY(rib, HALF_PI) + offset;
      double speed = drop(rib) * 0.58;
      double curve = rib == 0 ? 1.6 : frontSlope;
      for (int i = 1; i <= STEPS; i++) {
        double t = (double) i / STEPS;
        double past = FRONT_END[rib] * t;
        double y = sideY + speed * past + curve * past * past * (1 - 0.22 * past);
        double weight = (0.86 - 0.26 * t) * (1 - 0.85 * Calc.smoothStep(0.82, 1, t));
        place(tube, HALF_PI + past, y, sign, calibre * (0.62 + 0.12 * t), weight);
      }
    }
    canvas.addShell(tube, density * 0.298, density * 0.055, 0.14, 0.66);
  }

  private void place(Tube tube, double angle, double y, int sign, double radius, double weight) {
    double sine = sine(angle);
    double cosine = sine(HALF_PI - angle);
    double z = -(cavity.halfDepth(y) + 0.4) * cosine;
    double x = sign * (cavity.halfWidth(y) + 0.3) * sine;
    double m = Habitus.magnification(z);
    tube.add((x + habitus.yaw * z) * m + habitus.spineX(y) * 0.6, y * m, z, radius * m, weight);
  }

  /** Sine for angles in [-pi/2, pi], by its Taylor series: IEEE operations only. */
  static double sine(double angle) {
    double a = angle > HALF_PI ? 2 * HALF_PI - angle : angle;
    double s = a * a;
    return a
        * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156))))));
  }
}
