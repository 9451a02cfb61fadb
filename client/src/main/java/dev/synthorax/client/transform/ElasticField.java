package dev.synthorax.client.transform;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A smooth random displacement: uniform random vectors on a square lattice of {@code grid} cells a
 * side (and one ring more), interpolated by uniform cubic B-splines.
 *
 * <p>It cannot fold. Neighbouring vectors differ by less than twice the amplitude in each
 * component, a derivative of the spline is at most such a difference over the lattice's spacing,
 * and so the sum of the two derivatives of a component stays below 1 where {@code amplitude <= 0.25
 * / grid}: a map whose displacement is a contraction is one-to-one.
 *
 * @param grid cells a side, 1 to 32
 * @param amplitude bound of each component, in shorter sides of the image, 0 to 0.25 / grid
 * @param seed of the vectors, row by row, x before y
 */
public record ElasticField(int grid, double amplitude, long seed) {
  /** Checks that the field cannot fold. */
  public ElasticField {
    requireUnfolded(grid, Range.of(amplitude, amplitude));
  }

  static void requireUnfolded(int grid, Range amplitude) {
    if (grid < 1 || grid > 32) {
      throw new IllegalArgumentException("elastic-grid: " + grid + " (expected: 1 to 32 cells)");
    }
    double most = 0.25 / grid;
    if (amplitude.low() < 0 || amplitude.high() > most) {
      throw new IllegalArgumentException(
          "elastic-amplitude: "
              + amplitude
              + " (expected: within 0 to 0.25 / elastic-grid = "
              + most
              + ", so that the field cannot fold)");
    }
  }

  /** Returns the field as numbers that {@link #ofParameters} reads. */
  Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("grid", grid);
    parameters.put("amplitude", amplitude);
    parameters.put("seed", new BigInteger(Long.toUnsignedString(seed)));
    return parameters;
  }

  static ElasticField ofParameters(Map<?, ?> parameters) {
    return new ElasticField(
        Parameters.value(parameters, "grid").intValue(),
        Parameters.number(parameters, "amplitude"),
        Parameters.value(parameters, "seed").longValue());
  }

  /** Returns the field over an image of that size. */
  Lattice over(int width, int height) {
    return new Lattice(this, width, height);
  }

  /** The vectors, in pixels. */
  static final class Lattice {
    private final double[] vectorsX;
    private final double[] vectorsY;
    private final int grid;
    private final int side;
    private final double cellsPerPixelX;
    private final double cellsPerPixelY;
    private final double[] weightsX = new double[4];
    private final double[] weightsY = new double[4];

    private Lattice(ElasticField field, int width, int height) {
      grid = field.grid;
      side = grid + 3;
      cellsPerPixelX = (double) grid / width;
      cellsPerPixelY = (double) grid / height;
      vectorsX = new double[side * side];
      vectorsY = new double[side * side];
      SeedStream seeds = SeedStream.of(field.seed);
      double pixels = field.amplitude * Math.min(width, height);
      for (int i = 0; i < vectorsX.length; i++) {
        vectorsX[i] = pixels * (2 * seeds.unit() - 1);
        vectorsY[i] = pixels * (2 * seeds.unit() - 1);
      }
    }

    /** Adds the displacement at {@code (point[0], point[1])} to that point. */
    void displace(double[] point) {
      double u = Math.max(0, Math.min(grid, point[0] * cellsPerPixelX));
      double v = Math.max(0, Math.min(grid, point[1] * cellsPerPixelY));
      int column = Math.min(grid - 1, (int) u);
      int row = Math.min(grid - 1, (int) v);
      spline(u - column, weightsX);
      spline(v - row, weightsY);
      double dx = 0;
      double dy = 0;
      for (int j = 0; j < 4; j++) {
        for (int i = 0; i < 4; i++) {
          double weight = weightsY[j] * weightsX[i];
          int vector = (row + j) * side + column + i;
          dx += weight * vectorsX[vector];
          dy += weight * vectorsY[vector];
        }
      }
      point[0] += dx;
      point[1] += dy;
    }

    /** Uniform cubic B-spline weights at {@code t} in 0..1. */
    private static void spline(double t, double[] weights) {
      double s = 1 - t;
      weights[0] = s * s * s / 6;
      weights[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
      weights[2] = (3 * s * s * s - 6 * s * s + 4) / 6;
      weights[3] = t * t * t / 6;
    }
  }
}
