package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Edema;

/**
 * Thin sheets of opaque lung seen edge-on: plate-like atelectasis, and in edema the septal lines
 * (Kerley B) and the thickened walls of bronchi met end-on (cuffing).
 */
final class LinearOpacity {
  private static final double OVER_LUNG = Attenuation.SOFT - Attenuation.LUNG;

  private LinearOpacity() {}

  static void draw(Thorax thorax, TubeCanvas canvas, Draw draw) {
    Habitus habitus = thorax.habitus;
    ThoracicCavity cavity = thorax.cavity;
    Atelectasis atelectasis = thorax.examination.pathology().find(Atelectasis.class);
    if (atelectasis != null) {
      for (Side side : Side.EACH) {
        if (atelectasis.side().includes(side)) {
          plates(atelectasis.severity(), side, habitus, canvas, draw);
        }
      }
    }
    Edema edema = thorax.examination.pathology().find(Edema.class);
    if (edema != null) {
      septa(Side.RIGHT, habitus, cavity, canvas, draw);
      septa(Side.LEFT, habitus, cavity, canvas, draw);
      cuffs(Side.RIGHT, habitus, canvas, draw);
      cuffs(Side.LEFT, habitus, canvas, draw);
    }
  }

  private static void plates(
      Severity severity, Side side, Habitus habitus, TubeCanvas canvas, Draw draw) {
    int sign = side == Side.RIGHT ? -1 : 1;
    double unit = habitus.halfWidth / 13.9;
    int count =
        switch (severity) {
          case SMALL -> 1 + draw.below(2);
          case MODERATE -> 2 + draw.below(2);
          case LARGE -> 2;
        };
    for (int i = 0; i < count; i++) {
      double heavy = severity == Severity.SMALL ? 0.85 : 1.1;
      double x = sign * unit * (7.0 + draw.range(-1.6, 1.6));
      double y = habitus.domeY(side) - 0.7 - 1.5 * i - draw.range(0, 0.9);
      double half = unit * draw.range(2.4, 3.6) * (i == 0 ? 1.15 : 0.9);
      double tilt = draw.range(-0.22, 0.16) * half;
      double bow = draw.range(-0.25, 0.25);
      double radius = draw.range(0.06, 0.11) * heavy + 0.02; // plates of 1 to 3 mm
      double[][] controls = {
        {x - sign * half, y + tilt, radius * 0.5},
        {x - sign * half * 0.4, y + 0.4 * tilt + bow, radius},
        {x + sign * half * 0.3, y - 0.3 * tilt + bow, radius},
        {x + sign * half, y - tilt, radius * 0.45},
      };
      Tube tube = Tube.through(controls, 6);
      for (int k = 0; k < tube.count; k++) {
        double t = (double) k / (tube.count - 1);
        tube.weights[k] = Calc.smoothStep(0, 0.2, t) * Calc.smoothStep(1, 0.7, t);
      }
      double depth = draw.range(1.8, 2.6) * heavy; // of the sheet along the beam
      canvas.addSolid(tube, OVER_LUNG, 0.5 * depth / radius);
    }
  }

  /** One or two rings beside the hilum, where segmental bronchi run along the beam. */
  private static void cuffs(Side side, Habitus habitus, TubeCanvas canvas, Draw draw) {
    int sign = side == Side.RIGHT ? -1 : 1;
    int count = 1 + draw.below(2);
    for (int i = 0; i < count; i++) {
      double y = habitus.carinaY + 0.6 + 1.9 * i + draw.range(-0.4, 0.4);
      double x = habitus.midlineX(y) + sign * (5.2 + draw.range(-0.4, 0.6));
      double radius = draw.range(0.3, 0.4);
      Tube ring = new Tube(2).add(x, y, 0, radius, 1).add(x + 0.02, y, 0, radius, 1);
      canvas.addShell(ring, OVER_LUNG, -Attenuation.LUNG, 0.15, 1.6);
    }
  }

  private static void septa(
      Side side, Habitus habitus, ThoracicCavity cavity, TubeCanvas canvas, Draw draw) {
    int sign = side == Side.RIGHT ? -1 : 1;
    double dome = habitus.domeY(side);
    int count = 7 + draw.below(5);
    for (int i = 0; i < count; i++) {
      double y = dome + 2.2 - 0.75 * i + draw.range(-0.2, 0.2);
      double wall = cavity.halfWidth(y) - 0.12;
      double length = draw.range(1.0, 2.0);
      double slope = draw.range(-0.12, 0.2);
      double strength = draw.range(0.5, 1);
      Tube tube = new Tube(4);
      for (int k = 0; k < 4; k++) {
        double t = k / 3.0;
        tube.add(sign * (wall - length * t), y + slope * t, 0, 0.05, strength * (1 - 0.6 * t));
      }
      canvas.addSolid(tube, OVER_LUNG, 13);
    }
  }
}
