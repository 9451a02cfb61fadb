package dev.synthorax.client.phantom;

/**
 * Smooth noise in the plane, in centimetres of the patient, so that it does not depend on the pixel
 * grid.
 */
final class ValueNoise {
  private static final int PERIOD = 64;
  private static final int MASK = PERIOD - 1;

  private final float[] lattice = new float[PERIOD * PERIOD];

  ValueNoise(Draw draw) {
    for (int i = 0; i < lattice.length; i++) {
      lattice[i] = (float) (2 * draw.unit() - 1);
    }
  }

  /** One octave in [-1, 1] with features of {@code size} centimetres. */
  double octave(double x, double y, double size) {
    double u = x / size + 1024;
    double v = y / size + 1024;
    int i = (int) u;
    int j = (int) v;
    double s = u - i;
    double t = v - j;
    s = s * s * (3 - 2 * s);
    t = t * t * (3 - 2 * t);
    int row = (j & MASK) * PERIOD;
    int below = ((j + 1) & MASK) * PERIOD;
    int left = i & MASK;
    int right = (i + 1) & MASK;
    double top = lattice[row + left] + (lattice[row + right] - lattice[row + left]) * s;
    double bottom = lattice[below + left] + (lattice[below + right] - lattice[below + left]) * s;
    return top + (bottom - top) * t;
  }

  /** Octaves that halve in size and amplitude from {@code size} on; about [-1, 1]. */
  double fractal(double x, double y, double size, int octaves) {
    double sum = 0;
    double amplitude = 0.6;
    double scale = size;
    for (int i = 0; i < octaves; i++) {
      sum += amplitude * octave(x + 17.3 * i, y - 9.1 * i, scale);
      amplitude *= 0.55;
      scale *= 0.5;
    }
    return sum;
  }
}
