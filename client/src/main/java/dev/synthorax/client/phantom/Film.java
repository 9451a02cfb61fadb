package dev.synthorax.client.phantom;

import java.util.Arrays;

/**
 * From optical depth to the picture: blur, scatter, heel effect, quantum noise, logarithm,
 * equalisation, detail, S-curve, 8 bits with bone white and lung dark, then markers and borders.
 */
final class Film {
  private static final int COARSE = 32; // grid of the slow fields: scatter and equalisation
  private static final int FINE = 64; // grid of the detail enhancement
  private static final int BINS = 800; // of the exposure histogram, log units 0..8
  private static final double NOISE_PIXEL = 0.0004; // square centimetres that the photons count for

  private final Projection projection;
  private final int size;
  private final Draw noise;
  private final double photons; // a pixel, in the open beam
  private final double grid;
  private final double contrast;
  private final double brightness;
  private final double equalise;
  private final double sharpen;
  private final double heel;
  private final double blur; // centimetres, standard deviation

  private Film(Projection projection, int size, Examination examination, boolean hard) {
    this.projection = projection;
    this.size = size;
    noise = examination.ofDay(Draw.Purpose.NOISE);
    boolean portable = examination.geometry().portable();
    FilmLook look = examination.site().prior().look();
    double pixelCm = 1 / projection.pixelsPerCm();
    Draw draw = examination.ofDay(Draw.Purpose.CHAIN);
    double pixels = Math.max(0.15, pixelCm * pixelCm / NOISE_PIXEL);
    photons = look.photons().draw(draw) * pixels * (portable ? 0.6 : 1);
    double ownGrid = look.grid().draw(draw);
    grid = portable ? Math.min(1, 2.2 * ownGrid) : ownGrid; // portable grids are poor or missing
    double ownContrast = look.contrast().draw(draw);
    contrast = hard ? 1.3 * ownContrast : ownContrast;
    double ownBrightness = look.brightness().draw(draw);
    brightness = hard ? ownBrightness - 0.1 : ownBrightness;
    equalise = look.equalise().draw(draw);
    sharpen = look.sharpen().draw(draw);
    heel = draw.range(-0.06, 0.06);
    double focus = 0.012 + (portable ? 0.012 : 0) + (portable ? draw.range(0, 0.03) : 0);
    blur = focus; // focal spot, detector, and in a portable film some motion
  }

  /** Returns {@code size * size} grey values of a projection. */
  static byte[] develop(Projection projection, int size, Examination examination) {
    boolean hard = Confounded.shows(examination, PhantomKnobs.Channel.FILM);
    Film film = new Film(projection, size, examination, hard);
    byte[] pixels = film.process(film.expose());
    Burnt.in(pixels, size, examination);
    return pixels;
  }

  /** Beer-Lambert, scatter that is broad and slow, quantum noise; then minus the logarithm. */
  private float[] expose() {
    float[] primary = new float[size * size];
    float[] source = new float[size * size];
    for (int i = 0; i < primary.length; i++) {
      double depth = projection.depth[i];
      primary[i] = (float) Exponential.negative(depth);
      source[i] = (float) (primary[i] * scatterToPrimary(depth));
    }
    soften(primary);
    float[] spread = CoarseGrid.blur(CoarseGrid.reduce(source, size, COARSE), COARSE, 2, 3);
    float[] grain = grain();
    float[] log = new float[size * size];
    for (int row = 0; row < size; row++) {
      double anode = heel * ((row + 0.5) / size - 0.5);
      for (int column = 0; column < size; column++) {
        int i = row * size + column;
        double scatter = grid * CoarseGrid.sample(spread, COARSE, row, column, size);
        double intensity = primary[i] + scatter + 0.0008;
        double sigma = Math.sqrt(intensity / photons + 1e-9);
        float signal = (float) Math.max(1e-5, intensity + sigma * grain[i]);
        log[i] = (float) (-StrictMath.log(signal) + anode);
      }
    }
    return log;
  }

  /**
   * Scatter to primary without a grid: about 1 behind a lung (optical depth 1.8), 9 behind the
   * mediastinum (4.2), where nine tenths of the signal are scatter.
   *
   * @see <a href="https://doi.org/10.1118/1.595027">Niklason et al.: Scattered radiation in chest
   *     radiography</a>
   */
  static double scatterToPrimary(double depth) {
    double d = Math.min(depth, 4.2); // thicker parts scatter no more than they attenuate
    return 0.25 * d * d * Math.sqrt(d);
  }

  /** Focal spot, detector and motion: a small binomial blur where it reaches a pixel. */
  private void soften(float[] image) {
    double variance = blur * projection.pixelsPerCm();
    variance = Math.min(0.5, variance * variance);
    if (variance > 0.01) {
      smooth(image, (float) (0.5 * variance));
    }
  }

  /** White noise of deviation 1, slightly shared with the neighbours, as a scintillator does. */
  private float[] grain() {
    float[] grain = new float[size * size];
    for (int i = 0; i < grain.length; i++) {
      grain[i] = (float) noise.normal4();
    }
    smooth(grain, 0.1f);
    for (int i = 0; i < grain.length; i++) {
      grain[i] *= 1 / 0.66f; // the deviation back to 1: 0.8^2 + 2 * 0.1^2 is 0.66
    }
    return grain;
  }

  /** One pass of {side, 1 - 2 side, side} along rows and along columns. */
  private void smooth(float[] image, float side) {
    float middle = 1 - 2 * side;
    for (int row = 0; row < size; row++) {
      float before = image[row * size];
      for (int i = row * size; i < (row + 1) * size; i++) {
        float here = image[i];
        float after = i + 1 < (row + 1) * size ? image[i + 1] : here;
        image[i] = middle * here + side * (before + after);
        before = here;
      }
    }
    float[] above = Arrays.copyOf(image, size);
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int i = row * size + column;
        float here = image[i];
        float below = row + 1 < size ? image[i + size] : here;
        image[i] = middle * here + side * (above[column] + below);
        above[column] = here;
      }
    }
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
      if ((projection.rightLung[i] | projection.leftLung[i]) != 0
          && projection.pneumothorax[i] == 0) {
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
