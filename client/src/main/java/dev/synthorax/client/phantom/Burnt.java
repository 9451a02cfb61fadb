package dev.synthorax.client.phantom;

/**
 * What is burnt into a film beside the patient: side markers, words, the borders of the collimator.
 *
 * <p>Lengths are shares of the film's side, so that a film is the same at any size.
 */
final class Burnt {
  // strokes of each letter in a box of 4 x 6: x, y, x, y
  private static final String LETTERS = "ABELOPRT";
  private static final int[][] STROKES = {
    {0, 6, 2, 0, 2, 0, 4, 6, 1, 4, 3, 4},
    {
      0, 0, 0, 6, 0, 0, 3, 0, 3, 0, 4, 1, 4, 1, 4, 2, 4, 2, 3, 3, 0, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4,
      5, 4, 5, 3, 6, 0, 6, 3, 6
    },
    {0, 0, 0, 6, 0, 0, 4, 0, 0, 3, 3, 3, 0, 6, 4, 6},
    {0, 0, 0, 6, 0, 6, 4, 6},
    {
      1, 0, 3, 0, 3, 0, 4, 1, 4, 1, 4, 5, 4, 5, 3, 6, 3, 6, 1, 6, 1, 6, 0, 5, 0, 5, 0, 1, 0, 1, 1, 0
    },
    {0, 0, 0, 6, 0, 0, 3, 0, 3, 0, 4, 1, 4, 1, 4, 2, 4, 2, 3, 3, 0, 3, 3, 3},
    {0, 0, 0, 6, 0, 0, 3, 0, 3, 0, 4, 1, 4, 1, 4, 2, 4, 2, 3, 3, 0, 3, 3, 3, 2, 3, 4, 6},
    {0, 0, 4, 0, 2, 0, 2, 6},
  };

  private final byte[] pixels;
  private final int size;

  private Burnt(byte[] pixels, int size) {
    this.pixels = pixels;
    this.size = size;
  }

  /** Adds to {@code pixels} what the examination's film carries. */
  static void in(byte[] pixels, int size, Examination examination) {
    Burnt burnt = new Burnt(pixels, size);
    FilmLook look = examination.site().prior().look();
    Draw draw = examination.ofDay(Draw.Purpose.MARKER);
    boolean marker = draw.chance(look.markerShare());
    boolean left = draw.chance(0.55);
    double height = draw.range(0.032, 0.05);
    double x = left ? draw.range(0.84, 0.93) : draw.range(0.04, 0.12);
    double y = draw.range(0.04, 0.22);
    double grey = draw.range(0.8, 1);
    boolean shutters = draw.chance(look.shutterShare());
    if (shutters) {
      burnt.shutters(draw);
    }
    if (marker) {
      burnt.write(left ? "L" : "R", x, y, height, grey);
    }
    boolean says = examination.geometry().portable() && marker && draw.chance(0.6);
    if (says) {
      burnt.write("AP", left ? x - 0.02 : x, y + 1.6 * height, 0.6 * height, grey);
    }
    if (Confounded.shows(examination, PhantomKnobs.Channel.MARKER)) {
      burnt.write("PORTABLE", 0.06, 0.025, 0.026, 0.95);
    }
  }

  private void shutters(Draw draw) {
    double left = draw.range(-0.02, 0.05);
    double right = 1 - draw.range(-0.02, 0.05);
    double top = draw.range(-0.02, 0.04);
    double bottom = 1 - draw.range(-0.03, 0.03);
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double u = (column + 0.5) / size;
        double v = (row + 0.5) / size;
        double inside = Math.min(Math.min(u - left, right - u), Math.min(v - top, bottom - v));
        double open = Calc.clamp(inside * size + 0.5, 0, 1);
        int i = row * size + column;
        pixels[i] = (byte) (int) (Calc.mix(4, pixels[i] & 0xFF, open) + 0.5);
      }
    }
  }

  /** Writes a word from its top left corner in strokes of a sixth of the height. */
  private void write(String word, double x, double y, double height, double grey) {
    double unit = height * size / 6;
    double half = Math.max(0.35 * unit, 0.5);
    for (int k = 0; k < word.length(); k++) {
      int[] strokes = STROKES[LETTERS.indexOf(word.charAt(k))];
      double originX = x * size + k * 5.6 * unit;
      for (int s = 0; s < strokes.length; s += 4) {
        stroke(
            new double[] {
              originX + strokes[s] * unit,
              y * size + strokes[s + 1] * unit,
              originX + strokes[s + 2] * unit,
              y * size + strokes[s + 3] * unit
            },
            half,
            grey);
      }
    }
  }

  private void stroke(double[] line, double half, double grey) {
    double dx = line[2] - line[0];
    double dy = line[3] - line[1];
    double inverse = 1 / Math.max(dx * dx + dy * dy, 1e-9);
    int top = (int) Math.max(0, Math.min(line[1], line[3]) - half - 1);
    int bottom = (int) Math.min(size - 1.0, Math.max(line[1], line[3]) + half + 1);
    int left = (int) Math.max(0, Math.min(line[0], line[2]) - half - 1);
    int right = (int) Math.min(size - 1.0, Math.max(line[0], line[2]) + half + 1);
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double u = column + 0.5 - line[0];
        double v = row + 0.5 - line[1];
        double t = Calc.clamp((u * dx + v * dy) * inverse, 0, 1);
        double ex = u - t * dx;
        double ey = v - t * dy;
        double ink = Calc.clamp(half + 0.5 - Math.sqrt(ex * ex + ey * ey), 0, 1);
        int i = row * size + column;
        int old = pixels[i] & 0xFF;
        pixels[i] = (byte) (int) Math.max(old, Calc.mix(old, 255 * grey, ink) + 0.5);
      }
    }
  }
}
