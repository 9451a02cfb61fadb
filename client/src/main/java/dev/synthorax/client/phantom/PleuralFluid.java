package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Effusion;

/**
 * A pleural effusion: a layer of fluid between lung and chest wall that thickens downwards.
 *
 * <p>Seen from the front the layer is met edge-on at the side, so its upper border rises there: the
 * meniscus.
 */
final class PleuralFluid {
  private final Side side;
  private final double topY;
  private final double rise;
  private final double full;

  PleuralFluid(Effusion lesion, Side side, Habitus habitus, Draw draw) {
    this.side = side;
    double t = draw.unit();
    double dome = habitus.domeY(side);
    double height = dome - habitus.apexY;
    topY =
        dome
            + switch (lesion.severity()) {
              case SMALL -> -0.6 + 1.6 * t;
              case MODERATE -> -height * (0.3 + 0.16 * t);
              case LARGE -> -height * (0.62 + 0.24 * t);
            };
    rise =
        switch (lesion.severity()) {
          case SMALL -> 3.6;
          case MODERATE -> height * (0.3 + 0.1 * t);
          case LARGE -> height * (0.42 + 0.12 * t);
        };
    full = habitus.halfWidth * 0.9;
  }

  Side side() {
    return side;
  }

  /** Share of the pleural chord at {@code ax}, {@code y} that is fluid, 0..1. */
  double share(ThoracicCavity cavity, double ax, double y) {
    double depth = (y - topY) / rise;
    if (depth <= 0) {
      return 0;
    }
    double thickness = full * Math.min(1, depth * (0.1 + 0.9 * depth * depth * depth));
    double w = cavity.halfWidth(y);
    double inner = w - thickness;
    if (ax >= inner || inner <= 0.5) {
      return 1;
    }
    double outerChord = cavity.halfDepth(y) * ThoracicCavity.section(ax / w);
    double lungChord =
        (cavity.halfDepth(y) - 0.55 * thickness) * ThoracicCavity.section(ax / inner);
    return Calc.clamp(1 - lungChord / Math.max(outerChord, 1e-6), 0, 1);
  }
}
