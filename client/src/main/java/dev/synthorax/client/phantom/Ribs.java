package dev.synthorax.client.phantom;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Twelve pairs of ribs on the wall of the chest, as swept shells of cortical bone.
 *
 * <p>A rib starts beside its vertebra, falls outwards along the back (about 20 to 30 degrees on the
 * film), turns forward at the side and falls inwards along the front (40 to 50 degrees) to its
 * cartilage, which does not show. Its course is told by an angle: 0 at the spine, a quarter turn at
 * the side, more in front. Ribs are numbered from 0 here, sides by -1 (right) and 1 (left).
 */
final class Ribs {
  static final double HALF_PI = 1.5707963267948966;
  private static final double CORTEX = 0.14;
  private static final double GROOVE = 0.08;
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
  private final double[][] wobble = new double[2][12];
  private final double[][] slope = new double[2][12];
  private final double[][] reach = new double[2][12];
  private final double front;

  /**
   * A break across a rib.
   *
   * @param angle where along the rib
   * @param step how far the outer piece stands off, across the rib, in centimetres
   * @param gap optical depth missing in the fracture line
   */
  record Break(int rib, int sign, double angle, double step, double gap) {}

  Ribs(Habitus habitus, ThoracicCavity cavity, Draw draw) {
    this.habitus = habitus;
    this.cavity = cavity;
    calibre = (habitus.male ? 1.04 : 0.92) * draw.normal(1, 0.06);
    density = 0.86 * habitus.bone * draw.normal(1, 0.06);
    frontSlope = draw.normal(3.9, 0.45);
    front = draw.range(0.42, 0.72);
    for (int rib = 0; rib < 12; rib++) {
      double both = draw.normal(0, 0.13);
      double steeper = draw.normal(0, 0.3);
      for (int side = 0; side < 2; side++) {
        wobble[side][rib] = both + draw.normal(0, 0.1);
        slope[side][rib] = steeper + draw.normal(0, 0.25);
        reach[side][rib] = draw.normal(1, 0.07);
      }
    }
  }

  /** Draws all ribs; the broken ones with their steps and lines. */
  void draw(TubeCanvas canvas, List<Break> breaks) {
    for (int rib = 0; rib < 12; rib++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        Break broken = null;
        for (Break one : breaks) {
          broken = one.rib() == rib && one.sign() == sign ? one : broken;
        }
        Tube tube = new Tube(2 * STEPS + 4);
        for (double angle : angles(rib, broken)) {
          place(tube, rib, sign, angle, standOff(broken, angle));
        }
        canvas.addRib(tube, density * 0.298, CORTEX, 0.66, GROOVE);
        if (broken != null) {
          line(canvas, broken);
        }
      }
    }
  }

  /** Draws the region of each break: a capsule along the rib, wide as the rib. */
  void drawRegions(TubeCanvas canvas, List<Break> breaks) {
    for (Break broken : breaks) {
      double half = 0.65 / cavity.halfWidth(y(broken.rib(), broken.sign(), broken.angle()));
      Tube tube = new Tube(4);
      for (double t = -1; t <= 1; t += 1) {
        double angle = broken.angle() + t * half;
        place(tube, broken.rib(), broken.sign(), angle, standOff(broken, angle));
      }
      for (int i = 0; i < tube.count; i++) {
        tube.weights[i] = 1;
      }
      canvas.addSolid(tube, 1, 1);
    }
  }

  /** Where the rib lies at the side of the chest: its height. */
  double sideY(int rib, int sign) {
    return y(rib, sign, HALF_PI);
  }

  private List<Double> angles(int rib, @Nullable Break broken) {
    double end = rib == 11 ? 0.8 : rib == 10 ? 1.25 : HALF_PI;
    double start = 1.9 / cavity.halfWidth(headY(rib) + 1);
    List<Double> angles = new ArrayList<>();
    for (int i = 0; i <= STEPS; i++) {
      angles.add(start + (end - start) * i / STEPS);
    }
    for (int i = 1; rib < 10 && i <= STEPS; i++) {
      angles.add(HALF_PI + FRONT_END[rib] * i / STEPS);
    }
    if (broken != null) {
      angles.removeIf(angle -> Math.abs(angle - broken.angle()) < 0.02);
      angles.add(broken.angle() - 0.004);
      angles.add(broken.angle() + 0.004);
      angles.sort(null);
    }
    return angles;
  }

  /** The outer piece stands off at the break and comes back to its course at the side. */
  private static double standOff(@Nullable Break broken, double angle) {
    if (broken == null || angle < broken.angle()) {
      return 0;
    }
    return broken.step() * (1 - Calc.smoothStep(0.05, 0.5, angle - broken.angle()));
  }

  private double headY(int rib) {
    return habitus.apexY + 0.35 + habitus.pitch * (rib * 0.985);
  }

  private double drop(int rib) {
    return habitus.ribDrop * DROP[rib];
  }

  private double y(int rib, int sign, double angle) {
    double own = wobble[sign < 0 ? 0 : 1][rib];
    double behind = Math.min(angle, HALF_PI);
    double sine = sine(behind);
    double cosine = sine(HALF_PI - behind);
    double y =
        headY(rib)
            - 0.35 * sine(2 * Math.min(behind, HALF_PI / 2)) * (1 - behind / HALF_PI)
            + drop(rib) * (0.42 * sine * sine + 0.58 * (1 - cosine))
            + own
            + habitus.ribSpread(sign) * (rib - 5) * sine;
    double past = angle - HALF_PI;
    if (past > 0) {
      double curve = rib == 0 ? 1.6 : frontSlope + slope[sign < 0 ? 0 : 1][rib];
      y += drop(rib) * 0.58 * past + curve * past * past * (1 - 0.22 * past);
    }
    return y;
  }

  /** Adds the point of a rib at an angle, as it projects. */
  void place(Tube tube, int rib, int sign, double angle, double standOff) {
    double sine = sine(angle);
    double cosine = sine(HALF_PI - angle);
    double y = y(rib, sign, angle);
    double z = -(cavity.halfDepth(y) + 0.4) * cosine;
    double edgeOn = sine * sine * sine * sine; // at the side a rib shows its thickness
    edgeOn *= edgeOn * edgeOn;
    double radius = radius(rib, angle) * (1 - 0.42 * edgeOn);
    double x = sign * ((cavity.halfWidth(y) + 0.3) * sine - standOff * edgeOn);
    double m = habitus.geometry.magnification(z);
    tube.add(
        (x + habitus.yaw * z) * m + habitus.spineX(y) * 0.6,
        (y + standOff * (1 - edgeOn)) * m,
        z,
        radius * m,
        weight(rib, sign, angle));
  }

  private double radius(int rib, double angle) {
    if (angle > HALF_PI) {
      return calibre * (0.62 + 0.12 * (angle - HALF_PI) / FRONT_END[rib]);
    }
    double t = angle / HALF_PI;
    return calibre * (0.5 + 0.12 * Calc.smoothStep(0.1, 0.4, t)) * (rib > 9 ? 0.85 : 1);
  }

  /** In front the bone is thin and flat: it shows less, and runs out in its cartilage. */
  private double weight(int rib, int sign, double angle) {
    if (angle > HALF_PI) {
      double t = (angle - HALF_PI) / FRONT_END[rib];
      double bone = Calc.mix(0.88, front, Calc.smoothStep(0, 0.45, t));
      double end = reach[sign < 0 ? 0 : 1][rib];
      return bone * (1 - 0.9 * Calc.smoothStep(0.62 * end, 0.97 * end, t));
    }
    double end = rib == 11 ? 0.8 : rib == 10 ? 1.25 : HALF_PI;
    return rib > 9 ? 1 - 0.6 * Calc.smoothStep(0.75, 1, angle / end) : 1 - 0.12 * angle / HALF_PI;
  }

  /** The lucent line across a broken rib, a little oblique. */
  private void line(TubeCanvas canvas, Break broken) {
    Tube along = new Tube(2);
    place(along, broken.rib(), broken.sign(), broken.angle() - 0.03, 0);
    place(along, broken.rib(), broken.sign(), broken.angle() + 0.03, 0);
    double dx = along.xs[1] - along.xs[0];
    double dy = along.ys[1] - along.ys[0];
    double norm = along.radii[0] / Math.sqrt(dx * dx + dy * dy);
    double x = 0.5 * (along.xs[0] + along.xs[1]);
    double y = 0.5 * (along.ys[0] + along.ys[1]) + 0.5 * broken.step();
    double acrossX = -dy * norm + 0.3 * dx * norm;
    double acrossY = dx * norm + 0.3 * dy * norm;
    Tube tube = new Tube(2);
    tube.add(x - acrossX, y - acrossY, 0, 0.07, 1).add(x + acrossX, y + acrossY, 0, 0.07, 1);
    canvas.addSolid(tube, -broken.gap() / 0.14, 1);
  }

  /** Sine for angles in [-pi/2, pi], by its Taylor series: IEEE operations only. */
  static double sine(double angle) {
    double a = angle > HALF_PI ? 2 * HALF_PI - angle : angle;
    double s = a * a;
    return a
        * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156))))));
  }
}
