package dev.synthorax.client.phantom;

/** The vertebral column: bodies, discs between them, pedicles, spinous and transverse processes. */
final class Spine {
  private final Habitus habitus;
  private final double density;
  private final double firstY;

  Spine(Habitus habitus, Draw draw) {
    this.habitus = habitus;
    density = 0.52 * habitus.bone * draw.normal(1, 0.06);
    firstY = habitus.apexY - 0.5;
  }

  /** Optical depth of bone beyond that of soft tissue at ({@code x}, {@code y}). */
  double depth(double x, double y) {
    double dx = x - habitus.spineX(y);
    double ax = dx < 0 ? -dx : dx;
    if (ax > 5) {
      return 0;
    }
    double level = (y - firstY) / habitus.pitch;
    int index = (int) Math.floor(level);
    double f = level - index; // 0 at the disc above, 1 at the disc below
    double half = Calc.clamp(1.42 + 0.055 * index, 1.2, 2.2) * habitus.halfWidth / 13.9;
    double waist = half * (0.93 + 0.28 * (f - 0.56) * (f - 0.56));
    double inBody = Calc.smoothStep(0.1, 0.17, f) * (1 - Calc.smoothStep(0.95, 1.02, f));
    double plates = peak(f, 0.165, 0.05) + peak(f, 0.95, 0.05);
    double wide = 1 - Calc.smoothStep(waist - 0.12, waist + 0.05, ax);
    double depth = wide * (0.17 * inBody + 0.07 * plates);
    depth += 0.05 * inBody * peak(ax, waist - 0.1, 0.13);
    double py = (f - 0.4) * habitus.pitch;
    depth += 0.13 * oval(ax - (waist - 0.42), py, 0.34, 0.5);
    depth += 0.11 * oval(dx, (f - 0.92) * habitus.pitch, 0.32, 0.62);
    depth += 0.10 * oval(dx, (f + 0.08) * habitus.pitch, 0.32, 0.62);
    depth += 0.07 * oval(ax - waist - 0.75, py + 0.25 * (ax - waist), 1.3, 0.42);
    return density * depth * (1 - 0.4 * Calc.smoothStep(habitus.apexY + 2, habitus.apexY - 3, y));
  }

  private static double peak(double value, double centre, double half) {
    double u = (value - centre) / half;
    return u * u >= 1 ? 0 : (1 - u * u) * (1 - u * u);
  }

  private static double oval(double dx, double dy, double rx, double ry) {
    double r2 = dx * dx / (rx * rx) + dy * dy / (ry * ry);
    return r2 >= 1 ? 0 : Calc.root(1 - r2);
  }
}
