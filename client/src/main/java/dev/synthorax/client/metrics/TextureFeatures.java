package dev.synthorax.client.metrics;

import dev.synthorax.client.image.GrayImage;
import java.util.Arrays;

/**
 * The feature set {@value #SET}: 59 numbers of an image, of grey values, layout, wavelets,
 * co-occurrence and edges. Handmade and untrained: it sees film look and texture, and knows nothing
 * of anatomy or disease. Changing anything here takes a new name.
 *
 * <p>Of the image at 256 x 256 pixels, in this order, grey values 0..1 unless said:
 *
 * <ol>
 *   <li>10 of the grey values: mean, standard deviation, skewness, kurtosis, the quantiles 5, 25,
 *       50, 75 and 95 %, entropy of 64 bins;
 *   <li>16 of the layout: mean grey of 4 x 4 blocks, row by row;
 *   <li>15 of the Haar wavelet: log of mean square (+ 1e-8) of the columns', rows' and diagonal
 *       details at 5 levels;
 *   <li>10 of co-occurrence of 16 grey levels, at 1 and at 4 pixels: contrast, correlation, angular
 *       second moment, homogeneity, entropy, each the mean of four directions;
 *   <li>8 of the edges: share of the gradient's magnitude in each of 8 orientations.
 * </ol>
 *
 * @see <a href="https://doi.org/10.1109/TSMC.1973.4309314">Haralick et al. 1973, on
 *     co-occurrence</a>
 */
public final class TextureFeatures {
  /** Name and version of the set. */
  public static final String SET = "texture-v1";

  /** Features of an image. */
  public static final int DIMENSION = 59;

  private static final int SIDE = 256;
  private static final int BLOCKS = 4;
  private static final int WAVELET_LEVELS = 5;
  private static final double WAVELET_FLOOR = 1e-8;
  private static final int ORIENTATIONS = 8;

  private TextureFeatures() {}

  /** Returns the features of an image of any size. */
  public static double[] of(GrayImage image) {
    GrayImage sized =
        image.width() == SIDE && image.height() == SIDE ? image : image.resize(SIDE, SIDE);
    int[] grey = new int[SIDE * SIDE];
    byte[] pixels = sized.toBytes();
    for (int i = 0; i < grey.length; i++) {
      grey[i] = pixels[i] & 0xFF;
    }
    Row row = new Row();
    greyValues(grey, row);
    layout(grey, row);
    wavelet(grey, row);
    CooccurrenceMatrix.addFeatures(grey, SIDE, 1, row);
    CooccurrenceMatrix.addFeatures(grey, SIDE, 4, row);
    orientations(grey, row);
    return row.values;
  }

  /** Collects the features in their order. */
  static final class Row {
    private final double[] values = new double[DIMENSION];
    private int size;

    void add(double value) {
      values[size++] = value;
    }
  }

  private static void greyValues(int[] grey, Row row) {
    double[] sorted = Arrays.stream(grey).mapToDouble(value -> value / 255.0).sorted().toArray();
    double mean = Arrays.stream(grey).asLongStream().sum() / (255.0 * grey.length);
    double second = 0;
    double third = 0;
    double fourth = 0;
    for (double value : sorted) {
      double square = (value - mean) * (value - mean);
      second += square / sorted.length;
      third += square * (value - mean) / sorted.length;
      fourth += square * square / sorted.length;
    }
    row.add(mean);
    row.add(Math.sqrt(second));
    row.add(second == 0 ? 0 : third / (second * Math.sqrt(second)));
    row.add(second == 0 ? 0 : fourth / (second * second));
    for (int percent : new int[] {5, 25, 50, 75, 95}) {
      row.add(Quantile.ofSorted(sorted, percent, 100));
    }
    int[] bins = new int[64];
    for (int value : grey) {
      bins[value >> 2]++;
    }
    double entropy = 0;
    for (int count : bins) {
      entropy -= xLogX(count / (double) grey.length);
    }
    row.add(entropy);
  }

  static double xLogX(double x) {
    return x == 0 ? 0 : x * StrictMath.log(x);
  }

  private static void layout(int[] grey, Row row) {
    int side = SIDE / BLOCKS;
    for (int block = 0; block < BLOCKS * BLOCKS; block++) {
      long sum = 0;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          sum += grey[(block / BLOCKS * side + y) * SIDE + block % BLOCKS * side + x];
        }
      }
      row.add(sum / (255.0 * side * side));
    }
  }

  private static void wavelet(int[] grey, Row row) {
    double[] smooth = Arrays.stream(grey).mapToDouble(value -> value / 255.0).toArray();
    int side = SIDE;
    for (int level = 0; level < WAVELET_LEVELS; level++) {
      int half = side / 2;
      double[] next = new double[half * half];
      double columns = 0;
      double rows = 0;
      double diagonal = 0;
      for (int y = 0; y < half; y++) {
        for (int x = 0; x < half; x++) {
          int at = 2 * y * side + 2 * x;
          double a = smooth[at];
          double b = smooth[at + 1];
          double c = smooth[at + side];
          double d = smooth[at + side + 1];
          next[y * half + x] = (a + b + c + d) / 2;
          columns += (a - b + c - d) * (a - b + c - d) / 4;
          rows += (a + b - c - d) * (a + b - c - d) / 4;
          diagonal += (a - b - c + d) * (a - b - c + d) / 4;
        }
      }
      for (double energy : new double[] {columns, rows, diagonal}) {
        row.add(StrictMath.log(energy / next.length + WAVELET_FLOOR));
      }
      smooth = next;
      side = half;
    }
  }

  private static void orientations(int[] grey, Row row) {
    double[] magnitudes = new double[ORIENTATIONS];
    double total = 0;
    double width = Math.PI / ORIENTATIONS;
    for (int y = 1; y < SIDE - 1; y++) {
      for (int x = 1; x < SIDE - 1; x++) {
        int dx = grey[y * SIDE + x + 1] - grey[y * SIDE + x - 1];
        int dy = grey[(y + 1) * SIDE + x] - grey[(y - 1) * SIDE + x];
        if (dx == 0 && dy == 0) {
          continue;
        }
        double magnitude = Math.sqrt((double) dx * dx + (double) dy * dy);
        // bins are centred on the axes and diagonals: no ratio of integers lies on an edge
        double turned = StrictMath.atan2(dy, dx) + Math.PI + width / 2;
        magnitudes[(int) (turned / width) % ORIENTATIONS] += magnitude;
        total += magnitude;
      }
    }
    for (double magnitude : magnitudes) {
      row.add(total == 0 ? 0 : magnitude / total);
    }
  }
}
