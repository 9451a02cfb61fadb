package dev.synthorax.client.phantom;

/**
 * Accumulates the projected path length of tubes on the pixel grid.
 *
 * <p>The chord of a tube falls with the distance from its axis as a half ellipse. A tube thinner
 * than a pixel is widened to the pixel and thinned by as much, so its total stays. Within one tube
 * the nearest segment counts (no beads at its joints); tubes add up.
 */
final class TubeCanvas {
  private static final double STEEPEST =
      1.3; // limit of path length / width where a tube runs along the beam

  final float[] values;
  private final Frame frame;
  private final float[] scratch;
  private final float[] nearest; // squared relative distance of the segment that wrote scratch
  private int left;
  private int right;
  private int top;
  private int bottom;

  TubeCanvas(Frame frame) {
    this.frame = frame;
    values = new float[frame.size * frame.size];
    scratch = new float[frame.size * frame.size];
    nearest = new float[frame.size * frame.size];
    java.util.Arrays.fill(nearest, 1);
  }

  /**
   * Adds a solid tube: path length times {@code density}, with depth {@code ratio} times the width.
   */
  void addSolid(Tube tube, double density, double ratio) {
    add(tube, density * ratio, 0, 0, 0);
  }

  /**
   * Adds a hollow tube: a shell of {@code density} and {@code thickness}, and a core of {@code
   * coreDensity}.
   */
  void addShell(Tube tube, double density, double coreDensity, double thickness, double ratio) {
    add(tube, density * ratio, (density - coreDensity) * ratio, thickness, 0);
  }

  /**
   * Adds a rib of given {@code density}: a shell whose core lies {@code lean} centimetres low, so
   * that the upper border is thick and the lower one, where the groove is, thin.
   */
  void addRib(Tube tube, double density, double thickness, double ratio, double lean) {
    double marrow = 0.185; // of the cortex's
    add(tube, density * ratio, density * (1 - marrow) * ratio, thickness, lean);
  }

  private void add(Tube tube, double outer, double inner, double thickness, double lean) {
    left = frame.size;
    right = -1;
    top = frame.size;
    bottom = -1;
    for (int i = 0; i + 1 < tube.count; i++) {
      segment(tube, i, outer, inner, thickness, lean);
    }
    for (int row = top; row <= bottom; row++) {
      for (int p = row * frame.size + left; p <= row * frame.size + right; p++) {
        values[p] += scratch[p];
        scratch[p] = 0;
        nearest[p] = 1;
      }
    }
  }

  private void segment(
      Tube tube, int i, double outer, double inner, double thickness, double lean) {
    double scale = frame.scale;
    double x0 = frame.column(tube.xs[i], tube.ys[i]);
    double y0 = frame.row(tube.xs[i], tube.ys[i]);
    double dx = frame.column(tube.xs[i + 1], tube.ys[i + 1]) - x0;
    double dy = frame.row(tube.xs[i + 1], tube.ys[i + 1]) - y0;
    double dz = (tube.zs[i + 1] - tube.zs[i]) * scale;
    double length2 = dx * dx + dy * dy;
    double steep = Math.min(STEEPEST, Math.sqrt((length2 + dz * dz) / Math.max(length2, 1e-9)));
    double r0 = tube.radii[i] * scale;
    double dr = tube.radii[i + 1] * scale - r0;
    double w0 = tube.weights[i] * steep / scale;
    double dw = tube.weights[i + 1] * steep / scale - w0;
    double reach = Math.max(r0, r0 + dr);
    reach = Math.sqrt(reach * reach + 0.3) + 0.5;
    int columnLow = (int) Math.max(0, Math.min(x0, x0 + dx) - reach);
    int columnHigh = (int) Math.min(frame.size - 1.0, Math.max(x0, x0 + dx) + reach);
    int rowLow = (int) Math.max(0, Math.min(y0, y0 + dy) - reach);
    int rowHigh = (int) Math.min(frame.size - 1.0, Math.max(y0, y0 + dy) + reach);
    if (columnHigh < columnLow || rowHigh < rowLow) {
      return;
    }
    left = Math.min(left, columnLow);
    right = Math.max(right, columnHigh);
    top = Math.min(top, rowLow);
    bottom = Math.max(bottom, rowHigh);
    double inverse = 1 / Math.max(length2, 1e-9);
    double wall = thickness * scale;
    double low = lean * scale;
    for (int row = rowLow; row <= rowHigh; row++) {
      double v = row + 0.5 - y0;
      for (int column = columnLow; column <= columnHigh; column++) {
        double u = column + 0.5 - x0;
        double t = (u * dx + v * dy) * inverse;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        double ex = u - t * dx;
        double ey = v - t * dy;
        double distance2 = ex * ex + ey * ey;
        double r = r0 + t * dr;
        double wide2 = r * r + 0.3;
        if (distance2 >= wide2) {
          continue;
        }
        int p = row * frame.size + column;
        float relative = (float) (distance2 / wide2);
        if (relative >= nearest[p]) {
          continue;
        }
        nearest[p] = relative;
        double value = 2 * outer * r * r / wide2 * Math.sqrt(wide2 - distance2);
        double core = r - wall;
        if (inner != 0 && core > 0) {
          double coreWide2 = core * core + 0.3;
          double fromCore2 = distance2 + low * (low - 2 * ey);
          if (fromCore2 < coreWide2) {
            value -= 2 * inner * core * core / coreWide2 * Math.sqrt(coreWide2 - fromCore2);
          }
        }
        scratch[p] = (float) (value * (w0 + t * dw));
      }
    }
  }
}
