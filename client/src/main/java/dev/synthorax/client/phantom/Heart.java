package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Cardiomegaly;
import dev.synthorax.client.phantom.Lesion.Edema;

/**
 * The heart: four ellipsoids (left ventricle, right atrium, right ventricle with outflow, left
 * appendage with pulmonary trunk) joined by a smooth union, scaled so that the cardiothoracic ratio
 * on an erect PA film is the one drawn.
 */
final class Heart {
  private static final double BLEND = 0.45;
  private static final double DEPTH = 3.5; // of its greatest width before the middle of the chest
  // centre x, centre y, semi-axis along, semi-axis across, cosine and sine of the tilt (long axis,
  // downwards left)
  private static final double[][] CHAMBERS = {
    {3.0, 0.7, 5.9, 4.3, 0.848, 0.530},
    {-0.9, 0.5, 3.3, 4.5, 0.985, -0.174},
    {0.9, -0.9, 3.6, 4.9, 0.966, 0.259},
    {1.9, -3.5, 2.4, 3.2, 0.940, -0.342},
  };

  private final double centreX;
  private final double centreY;
  private final double[][] chambers;
  private final double halfDepth;
  private final double ratio;
  private final double trueRatio;
  private final double scale;

  Heart(Examination examination, Habitus habitus, ThoracicCavity cavity) {
    Draw draw = examination.ofPatient(Draw.Purpose.HEART);
    Geometry geometry = habitus.geometry;
    double depth = DEPTH * habitus.halfDepth / 8.6;
    double lying =
        switch (geometry.posture()) {
          case ERECT -> 1;
          case SEMI_ERECT -> 1.02;
          case SUPINE -> 1.045;
        };
    double onPa = target(draw, examination, habitus);
    double target = onPa * lying;
    double across = draw.normal(1, 0.04);
    double leftward = draw.normal(1, 0.05);
    chambers = new double[CHAMBERS.length][];
    for (int i = 0; i < CHAMBERS.length; i++) {
      chambers[i] = CHAMBERS[i].clone();
      chambers[i][2] *= draw.normal(1, 0.03);
      chambers[i][3] *= across * draw.normal(1, 0.03);
    }
    chambers[0][2] *= leftward;
    double width = target * cavity.internalWidth();
    double wider = width / extent(chambers);
    double scaleY = Math.min(wider, 0.45 * wider + 0.55) * draw.normal(1, 0.02);
    for (double[] c : chambers) {
      c[0] *= wider;
      c[1] *= scaleY;
      c[2] *= Calc.mix(wider, scaleY, c[5] * c[5]);
      c[3] *= Calc.mix(scaleY, wider, c[5] * c[5]);
    }
    double fine = width / extent(chambers);
    for (double[] c : chambers) {
      c[0] *= fine;
      c[2] *= fine;
    }
    double floor = 0.5 * (habitus.domeRightY + habitus.domeLeftY);
    centreY = floor - 3.6 * scaleY + draw.normal(0, 0.25);
    centreX = habitus.midlineX(centreY) + habitus.yaw * 4 + (target - 0.45) * 3;
    halfDepth = 0.52 * habitus.halfDepth * Calc.mix(1, wider, 0.6);
    double shown = extent(chambers) / cavity.internalWidth();
    scale = 1 / geometry.relative(depth);
    ratio = shown * geometry.relative(depth);
    trueRatio = shown / Geometry.ERECT_PA.magnification(depth);
  }

  /** The ratio on an erect PA film, which the severities are defined by. */
  private static double target(Draw draw, Examination examination, Habitus habitus) {
    double old = 0.0006 * (habitus.ageYears - 50);
    double normal = Calc.clamp(draw.normal(0.44 + old, 0.024), 0.38, 0.49);
    double place = draw.unit();
    Pathology pathology = examination.pathology();
    Cardiomegaly enlarged = pathology.find(Cardiomegaly.class);
    if (enlarged != null) {
      return switch (enlarged.severity()) {
        case SMALL -> 0.53 + 0.03 * place;
        case MODERATE -> 0.565 + 0.045 * place;
        case LARGE -> 0.62 + 0.08 * place;
      };
    }
    return pathology.find(Edema.class) != null ? Math.min(0.492, normal + 0.025) : normal;
  }

  private static double extent(double[][] chambers) {
    return rightmost(chambers) - leftmost(chambers);
  }

  /** Largest x of the silhouette about its centre, by scanning rows of the union itself to 1e-9. */
  private static double rightmost(double[][] chambers) {
    return reach(chambers, 1);
  }

  private static double leftmost(double[][] chambers) {
    return -reach(chambers, -1);
  }

  private static double reach(double[][] chambers, int sign) {
    double best = 0;
    for (double y = -12; y <= 12; y += 0.05) {
      double inside = 0;
      double outside = 25;
      if (field(chambers, sign * best, y) <= 0) {
        continue; // no row that starts outside reaches further: the chambers are convex and overlap
        // the centre
      }
      inside = best;
      for (int i = 0; i < 34; i++) {
        double middle = 0.5 * (inside + outside);
        if (field(chambers, sign * middle, y) > 0) {
          inside = middle;
        } else {
          outside = middle;
        }
      }
      best = inside;
    }
    return best;
  }

  private static double field(double[][] chambers, double x, double y) {
    double value = -1e9;
    for (double[] c : chambers) {
      double dx = x - c[0];
      double dy = y - c[1];
      double along = (dx * c[4] + dy * c[5]) / c[2];
      double across = (dy * c[4] - dx * c[5]) / c[3];
      double one = 1 - along * along - across * across;
      value = value == -1e9 ? one : Calc.smoothMax(value, one, BLEND);
    }
    return value;
  }

  /** Positive inside the silhouette on the film, 0 on its edge, at most about 1. */
  double field(double x, double y) {
    double dx = x * scale - centreX;
    double dy = y * scale - centreY;
    if (dx * dx + dy * dy > 240) {
      return -1;
    }
    return field(chambers, dx, dy);
  }

  /**
   * Chord of the heart for a value of {@link #field}; thin at its base, where the vessels leave it.
   */
  double chord(double field, double y) {
    double base = Calc.mix(0.35, 1, Calc.smoothStep(centreY - 7, centreY - 1.5, y * scale));
    return 2 * halfDepth * base * Calc.root(field);
  }

  /**
   * Transverse diameter of the heart over the internal width of the chest, both as projected: what
   * is measured on the film, exact for the continuous shapes.
   */
  double cardiothoracicRatio() {
    return ratio;
  }

  /** The same ratio of the anatomy itself, before any magnification. */
  double trueRatio() {
    return trueRatio;
  }

  /** Centre of the silhouette on the film. */
  double centreX() {
    return centreX / scale;
  }
}
