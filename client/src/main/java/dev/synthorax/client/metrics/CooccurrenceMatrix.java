package dev.synthorax.client.metrics;

/** How often two of 16 grey levels lie at a given offset, both ways round. */
final class CooccurrenceMatrix {
  private static final int LEVELS = 16;
  private static final int[][] DIRECTIONS = {{0, 1}, {1, 1}, {1, 0}, {1, -1}}; // row, column

  private CooccurrenceMatrix() {}

  /** Adds contrast, correlation, second moment, homogeneity and entropy, means of 4 directions. */
  static void addFeatures(int[] grey, int side, int distance, TextureFeatures.Row row) {
    double[] sums = new double[5];
    for (int[] direction : DIRECTIONS) {
      double[] features =
          features(shares(grey, side, distance * direction[0], distance * direction[1]));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += features[i] / DIRECTIONS.length;
      }
    }
    for (double sum : sums) {
      row.add(sum);
    }
  }

  private static double[][] shares(int[] grey, int side, int rows, int columns) {
    long[][] counts = new long[LEVELS][LEVELS];
    long pairs = 0;
    for (int y = 0; y + rows < side; y++) {
      for (int x = Math.max(0, -columns); x + Math.max(0, columns) < side; x++) {
        int a = grey[y * side + x] >> 4;
        int b = grey[(y + rows) * side + x + columns] >> 4;
        counts[a][b]++;
        counts[b][a]++;
        pairs += 2;
      }
    }
    double[][] shares = new double[LEVELS][LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      for (int j = 0; j < LEVELS; j++) {
        shares[i][j] = counts[i][j] / (double) pairs;
      }
    }
    return shares;
  }

  private static double[] features(double[][] shares) {
    double mean = 0; // of rows and of columns: the matrix is symmetric
    double square = 0;
    double product = 0;
    double contrast = 0;
    double secondMoment = 0;
    double homogeneity = 0;
    double entropy = 0;
    for (int i = 0; i < LEVELS; i++) {
      for (int j = 0; j < LEVELS; j++) {
        double share = shares[i][j];
        int gap = (i - j) * (i - j);
        mean += share * i;
        square += share * i * i;
        product += share * i * j;
        contrast += share * gap;
        secondMoment += share * share;
        homogeneity += share / (1 + gap);
        entropy -= TextureFeatures.xLogX(share);
      }
    }
    double variance = square - mean * mean;
    double correlation = variance < 1e-12 ? 1 : (product - mean * mean) / variance;
    return new double[] {contrast, correlation, secondMoment, homogeneity, entropy};
  }
}
