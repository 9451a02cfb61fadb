package dev.synthorax.client.image.codec;

/**
 * Puts subbands together, 5/3 or 9/7.
 *
 * <p>Samples lie as the decomposition leaves them: of each resolution the next lower one at the top
 * left, HL right of it, LH below. Numbers of 24 bits are exact, which is more than 16-bit images
 * need.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, annex F</a>
 */
final class J2kWavelet {
  private static final double ALPHA = -1.586134342059924;
  private static final double BETA = -0.052980118572961;
  private static final double GAMMA = 0.882911075530934;
  private static final double DELTA = 0.443506852043971;
  private static final double K = 1.230174104914001;
  private static final int LANES = 16;

  private final boolean reversible;
  private double[] line = new double[0];

  J2kWavelet(boolean reversible) {
    this.reversible = reversible;
  }

  /**
   * Raises the resolution once.
   *
   * @param samples of a whole tile, changed
   * @param stride from one row of it to the next
   * @param area of the higher resolution
   */
  void raise(float[] samples, int stride, J2kArea area) {
    int width = area.width();
    int height = area.height();
    if (line.length < LANES * Math.max(width, height)) {
      line = new double[LANES * Math.max(width, height)];
    }
    for (int y = 0; y < height; y += LANES) {
      lines(samples, y * stride, 1, stride, Math.min(LANES, height - y), width, area.x0() & 1);
    }
    for (int x = 0; x < width; x += LANES) {
      lines(samples, x, stride, 1, Math.min(LANES, width - x), height, area.y0() & 1);
    }
  }

  /**
   * Transforms parallel lines: {@code step} from sample to sample, {@code next} to the next line.
   */
  private void lines(
      float[] samples, int begin, int step, int next, int lanes, int length, int odd) {
    int low = (length + 1 - odd) / 2;
    for (int i = 0; i < length; i++) {
      int to = i < low ? 2 * i + odd : 2 * (i - low) + 1 - odd;
      int from = begin + i * step;
      for (int lane = 0; lane < lanes; lane++) {
        line[to * lanes + lane] = samples[from + lane * next];
      }
    }
    if (length == 1) {
      halve(lanes, odd);
    } else if (reversible) {
      lift(length, lanes, odd, true);
      lift(length, lanes, 1 - odd, false);
    } else {
      scale(length, lanes, odd, K);
      scale(length, lanes, 1 - odd, 1 / K);
      lift(length, lanes, odd, DELTA);
      lift(length, lanes, 1 - odd, GAMMA);
      lift(length, lanes, odd, BETA);
      lift(length, lanes, 1 - odd, ALPHA);
    }
    for (int i = 0; i < length; i++) {
      int to = begin + i * step;
      for (int lane = 0; lane < lanes; lane++) {
        samples[to + lane * next] = (float) line[i * lanes + lane];
      }
    }
  }

  private void halve(int lanes, int odd) {
    for (int lane = 0; odd == 1 && lane < lanes; lane++) {
      line[lane] = reversible ? Math.floor(line[lane] / 2) : line[lane] / 2;
    }
  }

  private void scale(int length, int lanes, int first, double factor) {
    for (int i = first; i < length; i += 2) {
      for (int at = i * lanes; at < (i + 1) * lanes; at++) {
        line[at] *= factor;
      }
    }
  }

  private void lift(int length, int lanes, int first, double factor) {
    for (int i = first; i < length; i += 2) {
      int before = (i > 0 ? -1 : 1) * lanes;
      int behind = (i + 1 < length ? 1 : -1) * lanes;
      for (int at = i * lanes; at < (i + 1) * lanes; at++) {
        line[at] -= factor * (line[at + before] + line[at + behind]);
      }
    }
  }

  private void lift(int length, int lanes, int first, boolean low) {
    for (int i = first; i < length; i += 2) {
      int before = (i > 0 ? -1 : 1) * lanes;
      int behind = (i + 1 < length ? 1 : -1) * lanes;
      for (int at = i * lanes; at < (i + 1) * lanes; at++) {
        double sum = line[at + before] + line[at + behind];
        line[at] += low ? -Math.floor((sum + 2) / 4) : Math.floor(sum / 2);
      }
    }
  }
}
