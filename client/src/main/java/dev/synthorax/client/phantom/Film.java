package dev.synthorax.client.phantom;

import java.util.Arrays;

/**
 * From optical depth to the picture: scatter, quantum noise, logarithm, equalisation, detail,
 * S-curve, 8 bits with bone white and lung dark.
 */
final class Film {
  private static final int COARSE = 32; // grid of the slow fields: scatter and equalisation
  private static final int FINE = 64; // grid of the detail enhancement
  private static final int BINS = 800; // of the exposure histogram, log units 0..8
  private static final long CHAIN = 0x5EED; // a stream of its own beside the frame's

  private final Projection projection;
  private final int size;
  private final long seed;
  private final double photons; // a pixel, in the open beam
  private final double scatterShare;
  private final double contrast;
  private final double brightness;
  private final double equalise;
  private final double sharpen;

  private Film(Projection projection, int size, long seed) {
    this.projection = projection;
    this.size = size;
    this.seed = seed;
    double pixelCm = 1 / projection.pixelsPerCm();
    Draw draw = Draw.of(seed ^ CHAIN, Draw.Purpose.FILM);
    photons = draw.range(2.5e3, 1.2e4) * Math.max(0.15, pixelCm * pixelCm / 0.0004);
    scatterShare = draw.range(0.45, 0.85);
    contrast = draw.range(0.92, 1.08);
    brightness = draw.normal(0, 0.02);
    equalise = draw.range(0.15, 0.3);
    sharpen = draw.range(0.5, 0.9);
  }

  /** Returns {@code size * size} grey values of a projection. */
  static byte[] develop(Projection projection, int size, long seed) {
    Film film = new Film(projection, size, seed);
    return film.process(film.expose());
  }

  /** Beer-Lambert, scatter that is broad and slow, quantum noise; then minus the logarithm. */
  private float[] expose() {
    float[] primary = new float[size * size];
    for (int i = 0; i < primary.length; i++) {
      primary[i] = (float) Exponential.negative(projection.depth[i]);
    }
    float[] spread = CoarseGrid.blur(CoarseGrid.reduce(primary, size, COARSE), COARSE, 2, 3);
    Draw noise = Draw.of(seed, Draw.Purpose.NOISE);
    float[] log = new float[size * size];
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int i = row * size + column;
        double scatter = scatterShare * 0.62 * CoarseGrid.sample(spread, COARSE, row, column, size);
        double intensity = primary[i] + scatter * 0.55 + 0.0008;
        double sigma = Math.sqrt(intensity / photons + 1e-9);
        float signal = (float) Math.max(1e-5, intensity + sigma * noise.normal4());
        log[i] = (float) -StrictMath.log(signal);
      }
    }
    return log;
  }

  private byte[] process(float[] log) {
    float[] low = CoarseGrid.reduce(log, size, COARSE);
    float[] sorted = low.clone();
    Arrays.sort(sorted);
    double dark = lungLevel(log);
    double bright = sorted[(int) (0.93 * (sorted.length - 1))];
    double centre = 0.5 * (dark + bright);
    double span = Math.max(0.5, bright - dark);
    float[] smooth = CoarseGrid.blur(low, COARSE, 3, 2);
    float[] fine = CoarseGrid.blur(CoarseGrid.reduce(log, size, FINE), FINE, 1, 2);
    byte[] pixels = new byte[size * size];
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int i = row * size + column;
        double slow = CoarseGrid.sample(smooth, COARSE, row, column, size);
        double flat =
            log[i] - equalise * (Calc.clamp(slow, dark - 0.3 * span, bright + 0.2 * span) - centre);
        flat += sharpen * (log[i] - CoarseGrid.sample(fine, FINE, row, column, size));
        double u = (flat - centre) / (span * (1 - 0.8 * equalise)) * contrast;
        pixels[i] = (byte) (int) (255 * curve(0.53 + brightness + 0.58 * u) + 0.5);
      }
    }
    return pixels;
  }

  /** The film's S-curve: straight in the middle, a toe below 0.2, a shoulder above 0.8. */
  private static double curve(double t) {
    if (t < 0.2) {
      return 0.04 / (0.4 - t);
    }
    if (t > 0.8) {
      double v = (t - 0.8) / 0.2;
      return 0.8 + 0.2 * v / (1 + v);
    }
    return t;
  }

  /** The lower quartile over the lungs, without pleural air: what automatic exposure settles on. */
  private double lungLevel(float[] log) {
    int[] counts = new int[BINS];
    int all = 0;
    for (int i = 0; i < log.length; i++) {
      if (projection.lungs[i] != 0 && projection.pneumothorax[i] == 0) {
        counts[(int) Calc.clamp(log[i] * (BINS / 8.0), 0, BINS - 1)]++;
        all++;
      }
    }
    int bin = 0;
    int below = 0;
    while (bin < BINS - 1 && below + counts[bin] < 0.25 * all) {
      below += counts[bin++];
    }
    return (bin + 0.5) * 8.0 / BINS;
  }
}
