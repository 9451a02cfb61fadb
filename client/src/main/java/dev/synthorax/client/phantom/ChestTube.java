package dev.synthorax.client.phantom;

/**
 * A chest tube: from outside over the skin through the 4th to 6th space in the mid-axillary line
 * into the pleural space, then up along the wall to the apex (for air) or down to the base (for
 * fluid). A radio-opaque stripe runs along it, interrupted at the last side hole (the sentinel
 * eye).
 */
final class ChestTube {
  private static final int SPAN = 10; // points between two controls
  private static final int SKIN = 2 * SPAN; // first point inside the body
  private static final double WALL = 0.13; // thickness of the wall, centimetres
  private static final double STRIPE = 0.07; // its half-width
  private static final double FRONT = 4; // depth of a tube for air, centimetres
  private static final double BACK = -4; // of one for fluid

  private final Tube tube;
  private final double radius; // as projected
  private final int space;

  ChestTube(Drain drain, Habitus habitus, ThoracicCavity cavity, Ribs ribs, Draw draw) {
    int sign = drain.side() == Side.RIGHT ? -1 : 1;
    // for air it lies in front, for fluid behind the lung
    radius = drain.radius() * habitus.geometry.magnification(drain.forAir() ? FRONT : BACK);
    space = 4 + draw.below(3); // below the rib of that number
    double entryY = 0.5 * (ribs.sideY(space - 1, sign) + ribs.sideY(space, sign));
    double wall = cavity.halfWidth(entryY);
    double skin = wall + habitus.wallSide;
    double hang = draw.range(2, 6);
    double[][] outside = {
      {skin + 2.5, entryY + hang + 9},
      {skin + 1.4, entryY + hang},
      {skin - 0.3, entryY + 1.4},
      {wall - 0.2, entryY - 0.1},
    };
    double[][] inside;
    if (drain.forAir()) {
      double tipY = habitus.apexY + draw.range(1.8, 4.5);
      double middleY = Calc.mix(entryY, tipY, 0.5);
      inside =
          new double[][] {
            {wall - 1.5, Calc.mix(entryY, tipY, 0.22)},
            {cavity.halfWidth(middleY) - draw.range(0.9, 2.2), middleY},
            {cavity.halfWidth(tipY) - draw.range(1.2, 2.6), tipY},
          };
    } else {
      double tipY = habitus.domeY(drain.side()) + draw.range(-1.2, 1.6);
      inside =
          new double[][] {
            {wall - 2.2, entryY + 0.4},
            {Calc.mix(wall, 4, 0.45), Calc.mix(entryY, tipY, 0.55)},
            {draw.range(3.2, 5.5), tipY},
          };
    }
    double[][] controls = new double[7][];
    for (int i = 0; i < 7; i++) {
      double[] at = i < 4 ? outside[i] : inside[i - 4];
      controls[i] = new double[] {sign * at[0] + 0.6 * habitus.spineX(at[1]), at[1], radius};
    }
    tube = Tube.through(controls, SPAN);
  }

  /** The number of the rib above the space it enters through, 4..6. */
  int space() {
    return space;
  }

  /** Outer radius on the film, in centimetres of the plane through the middle of the chest. */
  double radius() {
    return radius;
  }

  /** Adds wall and stripe, as optical depth. */
  void draw(TubeCanvas canvas) {
    canvas.addShell(tube, 0.3, -0.06, WALL, 0.9);
    Tube stripe = new Tube(tube.count);
    double fromTip = 0;
    for (int i = tube.count - 1; i >= 0; i--) {
      int before = Math.max(0, i - 1);
      int after = Math.min(tube.count - 1, i + 1);
      double dx = tube.xs[after] - tube.xs[before];
      double dy = tube.ys[after] - tube.ys[before];
      double norm = 0.55 * radius / Math.sqrt(dx * dx + dy * dy);
      if (i < tube.count - 1) {
        double stepX = tube.xs[i + 1] - tube.xs[i];
        double stepY = tube.ys[i + 1] - tube.ys[i];
        fromTip += Math.sqrt(stepX * stepX + stepY * stepY);
      }
      double eye = Calc.smoothStep(3.2, 3.5, fromTip) * (1 - Calc.smoothStep(4.3, 4.6, fromTip));
      stripe.add(tube.xs[i] - dy * norm, tube.ys[i] + dx * norm, 0, STRIPE, 1 - eye);
    }
    canvas.addSolid(stripe, 4.2, 1);
  }

  /** Draws the tube's width from its tip to the skin, for the mask. */
  void drawRegion(TubeCanvas canvas) {
    Tube within = new Tube(tube.count);
    for (int i = SKIN; i < tube.count; i++) {
      within.add(tube.xs[i], tube.ys[i], 0, radius, 1);
    }
    canvas.addSolid(within, 1, 1);
  }
}
