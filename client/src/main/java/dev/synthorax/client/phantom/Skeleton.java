package dev.synthorax.client.phantom;

import java.util.List;

/** Bones that are drawn as tubes and plates: ribs, clavicles, scapulae, humeri, sternum. */
final class Skeleton {
  private final Habitus habitus;
  private final Ribs ribs;
  private final List<Ribs.Break> breaks;
  private final Draw draw;
  private final double size;
  private final double bone;

  Skeleton(Thorax thorax, Draw draw) {
    habitus = thorax.habitus;
    ribs = thorax.ribs;
    breaks = thorax.breaks;
    this.draw = draw;
    size = habitus.halfWidth / 13.9;
    bone = 0.4 + 0.6 * habitus.bone;
  }

  /** Adds all bones to {@code canvas}, as optical depth beyond that of soft tissue. */
  void draw(TubeCanvas canvas) {
    ribs.draw(canvas, breaks);
    boolean portable = habitus.geometry.portable();
    double lift = draw.normal(portable ? -1.1 : 0, 0.5); // thrown upwards by a beam from the front
    double tilt = draw.normal(portable ? -0.5 : 0, 0.35);
    double outward =
        draw.normal(portable ? -2.6 : 0, 0.7); // elbows back: the blades lie on the lungs
    for (int sign = -1; sign <= 1; sign += 2) {
      clavicle(canvas, sign, lift + draw.normal(0, 0.2), tilt);
      shoulder(canvas, sign, outward + draw.normal(0, 0.3));
    }
    sternum(canvas);
  }

  private double x(int sign, double distance, double z) {
    return (sign * distance * size + habitus.yaw * z) * habitus.geometry.relative(z);
  }

  private void clavicle(TubeCanvas canvas, int sign, double lift, double tilt) {
    double top = habitus.apexY + lift;
    double[][] controls = {
      {x(sign, 2.0, 9), top + 4.3, 0.8},
      {x(sign, 3.2, 9), top + 4.05, 0.88},
      {x(sign, 6.0, 8), top + 3.35, 0.62},
      {x(sign, 9.0, 6), top + 2.2 - tilt * 0.5, 0.56},
      {x(sign, 12.2, 3), top + 1.15 - tilt, 0.6},
      {x(sign, 14.8, 1), top + 0.95 - tilt, 0.78},
    };
    Tube tube = Tube.through(controls, 6);
    tube.weights[0] = 0.55;
    tube.weights[1] = 0.8;
    canvas.addShell(tube, bone * 0.298, bone * 0.07, 0.17, 1.0);
  }

  private void shoulder(TubeCanvas canvas, int sign, double outward) {
    double top = habitus.apexY;
    double[] superior = {x(sign, 11.2 + outward * 0.6, -6), top + 1.6};
    double[] inferior = {x(sign, 13.6 + outward, -6), top + 13.6};
    double[] neck = {x(sign, 16.2 + outward * 0.5, -4), top + 4.6};
    plate(canvas, superior, inferior, neck);
    border(canvas, superior, inferior, 0.22, sign * -0.5);
    border(canvas, inferior, neck, 0.42, sign * -0.6);
    border(canvas, superior, new double[] {neck[0] - sign * 1.5, top + 2.4}, 0.24, 0);
    // spine of the scapula up to the acromion
    double[][] spine = {
      {superior[0] + sign * 0.4, top + 5.0, 0.3},
      {superior[0] + sign * 3.2, top + 3.0, 0.42},
      {x(sign, 15.8 + outward * 0.4, -3), top + 0.7, 0.62},
      {x(sign, 17.2 + outward * 0.4, 0), top + 0.9, 0.7},
    };
    canvas.addShell(Tube.through(spine, 5), 0.298, 0.07, 0.14, 0.8);
    double[][] coracoid = {
      {x(sign, 15.0, 0), top + 3.4, 0.5},
      {x(sign, 14.2, 3), top + 2.6, 0.55},
      {x(sign, 14.6, 4), top + 3.5, 0.4}
    };
    canvas.addShell(Tube.through(coracoid, 4), 0.298, 0.07, 0.14, 0.8);
    double headX = 18.0 + outward * 0.3;
    double[][] humerus = {
      {x(sign, headX + 0.5, 0), top + 5.4, 1.6},
      {x(sign, headX + 0.9, 0), top + 6.6, 1.45},
      {x(sign, headX + 2.2, 0), top + 9.5, 1.25},
      {x(sign, headX + 4.2, 0), top + 14.0, 1.2},
    };
    canvas.addSolid(Tube.through(humerus, 5), 0.11, 0.9);
    double[][] head = {
      {x(sign, headX - 0.1, 0), top + 3.8, 2.3}, {x(sign, headX + 0.1, 0), top + 4.3, 2.3}
    };
    canvas.addSolid(Tube.through(head, 2), 0.075, 0.9);
  }

  private void border(TubeCanvas canvas, double[] from, double[] to, double radius, double bulge) {
    double[][] controls = {
      {from[0], from[1], radius},
      {0.5 * (from[0] + to[0]) + bulge, 0.5 * (from[1] + to[1]), radius},
      {to[0], to[1], radius * 1.2},
    };
    canvas.addShell(Tube.through(controls, 6), 0.298, 0.08, 0.12, 0.6);
  }

  /** The thin blade, swept as a fan of broad flat strips. */
  private void plate(TubeCanvas canvas, double[] a, double[] b, double[] c) {
    Tube tube = new Tube(12);
    for (int i = 0; i <= 10; i++) {
      double t = 0.02 + 0.09 * i;
      double leftX = Calc.mix(a[0], b[0], t);
      double leftY = Calc.mix(a[1], b[1], t);
      double rightX = Calc.mix(c[0], b[0], t);
      double rightY = Calc.mix(c[1], b[1], t);
      double half = 0.5 * Math.abs(rightX - leftX);
      tube.add(
          0.5 * (leftX + rightX),
          0.5 * (leftY + rightY),
          0,
          Math.max(half, 0.4),
          0.12 / Math.max(half, 0.8));
    }
    canvas.addSolid(tube, 0.298, 1);
  }

  private void sternum(TubeCanvas canvas) {
    double top = habitus.apexY;
    double[][] controls = {
      {habitus.yaw * 9, top + 4.9, 2.6 * size},
      {habitus.yaw * 9, top + 7.0, 2.1 * size},
      {habitus.yaw * 9, top + 9.0, 1.5 * size},
      {habitus.yaw * 8, top + 13, 1.8 * size},
      {habitus.yaw * 8, top + 18, 1.9 * size},
    };
    canvas.addShell(Tube.through(controls, 4), 0.12, 0.02, 0.15, 0.3);
  }
}
