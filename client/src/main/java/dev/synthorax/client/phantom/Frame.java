package dev.synthorax.client.phantom;

/** Where the film lies: maps patient centimetres to pixels and back, for any image size. */
final class Frame {
  final int size;

  /** Pixels a centimetre. */
  final double scale;

  private final double centreX;
  private final double centreY;
  private final double cosine;
  private final double sine;

  Frame(Examination examination, Habitus habitus, int size) {
    this.size = size;
    Draw draw = examination.ofDay(Draw.Purpose.FILM);
    double field = 2 * habitus.halfWidth * draw.range(1.2, 1.36);
    double needed = habitus.baseY - habitus.apexY + 4.5;
    field = Math.max(field, needed);
    double off = habitus.geometry.portable() ? 2 : 1; // portable films are centred less well
    centreX = draw.normal(0, 0.5 * off);
    centreY = 0.5 * (habitus.apexY + habitus.baseY) + draw.normal(0.3, 0.5);
    double roll = draw.normal(0, 0.018 * off);
    sine = roll - roll * roll * roll / 6;
    cosine = Math.sqrt(1 - sine * sine);
    scale = size / field;
  }

  /** Pixel column (fractional, centre of the first is 0.5) of a point. */
  double column(double x, double y) {
    return ((x - centreX) * cosine + (y - centreY) * sine) * scale + 0.5 * size;
  }

  double row(double x, double y) {
    return ((y - centreY) * cosine - (x - centreX) * sine) * scale + 0.5 * size;
  }

  double x(double column, double row) {
    double u = (column - 0.5 * size) / scale;
    double v = (row - 0.5 * size) / scale;
    return centreX + u * cosine - v * sine;
  }

  double y(double column, double row) {
    double u = (column - 0.5 * size) / scale;
    double v = (row - 0.5 * size) / scale;
    return centreY + u * sine + v * cosine;
  }
}
