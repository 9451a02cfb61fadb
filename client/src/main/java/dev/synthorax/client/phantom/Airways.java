package dev.synthorax.client.phantom;

/** Trachea, carina and main bronchi: air in the mediastinum, as path length in centimetres. */
final class Airways {
  private Airways() {}

  static void draw(Habitus habitus, TubeCanvas canvas, Draw draw) {
    double carina = habitus.carinaY;
    double r = (habitus.male ? 0.88 : 0.76) * draw.normal(1, 0.06);
    double bend = draw.normal(-0.3, 0.15); // the arch pushes it to the patient's right
    double x = habitus.midlineX(carina) - 0.25;
    double[][] trachea = {
      {habitus.midlineX(carina - 16), carina - 16, r * 0.95},
      {habitus.midlineX(carina - 10), carina - 10, r},
      {habitus.midlineX(carina - 5) + 0.3 * bend, carina - 5, r},
      {habitus.midlineX(carina - 2) + bend, carina - 2.2, r},
      {x, carina - 0.3, r * 1.05},
    };
    double[][] right = {
      {x - 0.15, carina - 0.7, r * 0.8},
      {x - 1.1, carina + 1.0, r * 0.82},
      {x - 2.2, carina + 2.5, r * 0.75},
      {x - 3.1, carina + 4.3, r * 0.55},
      {x - 3.7, carina + 6.2, r * 0.4},
    };
    double[][] left = {
      {x + 0.15, carina - 0.7, r * 0.72},
      {x + 1.5, carina + 0.75, r * 0.72},
      {x + 3.1, carina + 2.1, r * 0.68},
      {x + 4.3, carina + 3.6, r * 0.5},
      {x + 4.9, carina + 5.4, r * 0.38},
    };
    canvas.addSolid(Tube.through(trachea, 6), 1, 0.95);
    canvas.addSolid(fadeIn(Tube.through(right, 5)), 1, 0.9);
    canvas.addSolid(fadeIn(Tube.through(left, 5)), 1, 0.9);
  }

  /** The bronchi begin inside the trachea: their first centimetre must not count twice. */
  private static Tube fadeIn(Tube tube) {
    for (int i = 0; i < 4; i++) {
      tube.weights[i] = 0.25 * i;
    }
    return tube;
  }
}
