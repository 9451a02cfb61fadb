package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Pneumothorax;

/**
 * A pneumothorax: the lung shrinks towards its hilum, most at the top and the side, and air takes
 * its place.
 *
 * <p>A point {@code p} of the full lung comes to lie at {@code h + k (p - h)}, where {@code h} is
 * the hilum and {@code k <= 1} depends on the direction alone, so the map turns round exactly.
 */
final class PleuralAir {
  private final Side side;
  private final int sign;
  private final double hilumX;
  private final double hilumY;
  private final double up;
  private final double out;
  private final double down;
  private final double round;

  PleuralAir(Pneumothorax lesion, Habitus habitus, Draw draw) {
    side = lesion.side();
    sign = side == Side.RIGHT ? -1 : 1;
    hilumY = habitus.carinaY + 3.2;
    hilumX = habitus.midlineX(hilumY) + sign * 3.2;
    double t = draw.unit();
    double s = draw.unit();
    double[] loss = // upwards, outwards, downwards, at the lower outer corner
        switch (lesion.severity()) {
          case SMALL -> new double[] {0.17 + 0.09 * t, 0.06 + 0.08 * s, 0, 0};
          case MODERATE ->
              new double[] {0.3 + 0.1 * t, 0.24 + 0.1 * s, 0.03 + 0.1 * s, 0.03 + 0.05 * s};
          case LARGE ->
              new double[] {0.5 + 0.14 * t, 0.5 + 0.14 * s, 0.24 + 0.2 * t, 0.2 + 0.06 * t};
        };
    if (habitus.geometry.posture() == Geometry.Posture.SUPINE) { // air rises to the front and base
      loss[0] *= 0.75;
      loss[2] = Math.max(loss[2], 0.12 + 0.05 * t);
      loss[3] = Math.max(loss[3], 0.09 + 0.04 * s);
    }
    up = loss[0];
    out = loss[1];
    down = loss[2];
    round = loss[3];
  }

  Side side() {
    return side;
  }

  double hilumX() {
    return hilumX;
  }

  double hilumY() {
    return hilumY;
  }

  /** The factor {@code k} for the direction from the hilum to a point; 1 towards the midline. */
  double shrink(double x, double y) {
    double dx = sign * (x - hilumX);
    double dy = y - hilumY;
    double r2 = dx * dx + dy * dy;
    if (r2 < 1e-9) {
      return 1;
    }
    double loss = dy < 0 ? up * dy * dy : down * dy * dy;
    loss += dx > 0 ? out * dx * dx : 0;
    if (dx > 0 && dy > 0) { // the lower outer corner rounds off
      loss += round * 4 * dx * dx * dy * dy / r2;
    }
    return 1 - loss / r2;
  }

  /** Where the part of the lung now at {@code x} was before, given {@code k} there. */
  double beforeX(double x, double k) {
    return hilumX + (x - hilumX) / k;
  }

  double beforeY(double y, double k) {
    return hilumY + (y - hilumY) / k;
  }

  /** Draws the visceral pleura as a thin line along the edge of the lung. */
  void drawLine(TubeCanvas canvas, Habitus habitus, ThoracicCavity cavity) {
    Tube tube = new Tube(80);
    double apex = habitus.apexY;
    for (int i = 0; i <= 8; i++) { // from the inner edge of the apex over its top
      double depth = 3.0 * (1 - i / 8.0) * (1 - i / 8.0);
      add(tube, cavity.innerEdge(depth), apex + depth);
    }
    double bottom = habitus.domeY(side) + 3.6;
    for (int i = 1; i <= 48; i++) {
      double t = i / 48.0;
      double y = apex + (bottom - apex) * t * t;
      add(tube, cavity.halfWidth(y), y);
    }
    if (down > 0.02 && down < 0.2) { // a lung that has fallen to its hilum shows no sharp base
      double wall = cavity.halfWidth(bottom) - 0.3;
      for (int i = 0; i <= 16; i++) {
        double ax = wall - (wall - 4) * i / 16.0;
        add(tube, ax, cavity.domeEdge(side, ax));
      }
    }
    canvas.addSolid(tube, Attenuation.SOFT, 7);
  }

  private void add(Tube tube, double ax, double y) {
    double x = sign * ax;
    double k = shrink(x, y);
    double weight = Calc.smoothStep(0.985, 0.95, k);
    tube.add(hilumX + k * (x - hilumX), hilumY + k * (y - hilumY), 0, 0.055, weight);
  }
}
