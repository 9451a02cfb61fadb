package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.RibFracture;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where and how the ribs of a fracture are broken: lateral, on neighbours nearly in line. */
final class RibBreaks {
  private RibBreaks() {}

  static List<Ribs.Break> of(@Nullable RibFracture fracture, Draw draw) {
    if (fracture == null) {
      return List.of();
    }
    int sign = fracture.side() == Side.RIGHT ? -1 : 1;
    boolean behind = draw.chance(0.65); // of the side, or before it
    double angle = behind ? draw.range(0.72, 1.18) : Ribs.HALF_PI + draw.range(0.28, 0.44);
    List<Ribs.Break> breaks = new ArrayList<>();
    for (int rib : fracture.ribs()) {
      double step =
          switch (fracture.severity()) {
            case SMALL -> draw.range(0.05, 0.11);
            case MODERATE -> draw.range(0.24, 0.4);
            case LARGE -> draw.range(0.42, 0.68);
          };
      double gap =
          switch (fracture.severity()) {
            case SMALL -> draw.range(0.04, 0.06);
            case MODERATE -> draw.range(0.07, 0.1);
            case LARGE -> draw.range(0.09, 0.13);
          };
      double up = draw.chance(0.5) ? 1 : -1;
      breaks.add(new Ribs.Break(rib - 1, sign, angle + draw.range(-0.05, 0.05), up * step, gap));
    }
    return List.copyOf(breaks);
  }
}
