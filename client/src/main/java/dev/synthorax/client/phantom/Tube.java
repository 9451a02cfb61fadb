package dev.synthorax.client.phantom;

import java.util.Arrays;

/**
 * A swept tube: a line of points with a radius and a weight at each. {@code z} only serves the
 * length of the beam's path through oblique parts; points are placed in the plane of the film as
 * they project.
 */
final class Tube {
  int count;
  double[] xs;
  double[] ys;
  double[] zs;
  double[] radii;
  double[] weights;

  Tube(int capacity) {
    xs = new double[capacity];
    ys = new double[capacity];
    zs = new double[capacity];
    radii = new double[capacity];
    weights = new double[capacity];
  }

  Tube add(double x, double y, double z, double radius, double weight) {
    if (count == xs.length) {
      int more = 2 * count;
      xs = Arrays.copyOf(xs, more);
      ys = Arrays.copyOf(ys, more);
      zs = Arrays.copyOf(zs, more);
      radii = Arrays.copyOf(radii, more);
      weights = Arrays.copyOf(weights, more);
    }
    xs[count] = x;
    ys[count] = y;
    zs[count] = z;
    radii[count] = radius;
    weights[count++] = weight;
    return this;
  }

  void clear() {
    count = 0;
  }

  /**
   * A smooth tube through control points {x, y, radius}: Catmull-Rom with {@code steps} points a
   * span.
   */
  static Tube through(double[][] controls, int steps) {
    Tube tube = new Tube((controls.length - 1) * steps + 1);
    for (int i = 0; i + 1 < controls.length; i++) {
      double[] p0 = controls[Math.max(0, i - 1)];
      double[] p1 = controls[i];
      double[] p2 = controls[i + 1];
      double[] p3 = controls[Math.min(controls.length - 1, i + 2)];
      int last = i + 2 == controls.length ? steps : steps - 1;
      for (int k = 0; k <= last; k++) {
        double t = (double) k / steps;
        tube.add(
            catmullRom(p0[0], p1[0], p2[0], p3[0], t),
            catmullRom(p0[1], p1[1], p2[1], p3[1], t),
            0,
            Calc.mix(p1[2], p2[2], t),
            1);
      }
    }
    return tube;
  }

  private static double catmullRom(double a, double b, double c, double d, double t) {
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
}
