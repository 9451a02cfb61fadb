package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Feature vectors of images, under the name of the feature set: distances in one set say nothing
 * about another, so every result carries the name.
 */
public final class Features {
  private final String set;
  private final List<String> images;
  private final double[][] rows;
  private final int dimension;

  private Features(String set, List<String> images, double[][] rows, int dimension) {
    this.set = set;
    this.images = images;
    this.rows = rows;
    this.dimension = dimension;
  }

  /**
   * Copies feature vectors.
   *
   * @param set name and version of the feature set
   * @param images name of each image
   * @param rows a vector for each image, all of one length, finite
   * @throws IllegalArgumentException if there is none, lengths differ or a value is not finite
   */
  public static Features of(String set, List<String> images, List<double[]> rows) {
    if (rows.isEmpty() || rows.size() != images.size()) {
      throw new IllegalArgumentException(
          "features: %d vectors of %d images (expected: one for each, at least one)"
              .formatted(rows.size(), images.size()));
    }
    int dimension = rows.getFirst().length;
    double[][] copies = new double[rows.size()][];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = rows.get(i).clone();
      if (copies[i].length != dimension) {
        throw new IllegalArgumentException(
            "features of %s: %d values (expected: %d)"
                .formatted(images.get(i), copies[i].length, dimension));
      }
      for (double value : copies[i]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "features of " + images.get(i) + ": " + value + " (expected: finite numbers)");
        }
      }
    }
    return new Features(set, List.copyOf(images), copies, dimension);
  }

  /** Returns the name and version of the feature set. */
  public String set() {
    return set;
  }

  /** Returns the names of the images. */
  public List<String> images() {
    return images;
  }

  /** Returns the number of images, at least 1. */
  public int size() {
    return rows.length;
  }

  /** Returns the length of a vector. */
  public int dimension() {
    return dimension;
  }

  /** The vectors; not to be changed. */
  double[][] rows() {
    return rows;
  }

  /** Returns the mean vector. */
  double[] mean() {
    double[] mean = new double[dimension];
    for (double[] row : rows) {
      for (int k = 0; k < dimension; k++) {
        mean[k] += row[k];
      }
    }
    for (int k = 0; k < dimension; k++) {
      mean[k] /= rows.length;
    }
    return mean;
  }

  /**
   * Returns these features in units of the reference: each less the reference's mean and over its
   * standard deviation (n - 1), so that no feature rules a distance by its unit. A feature that is
   * constant in the reference is only centred.
   *
   * @throws IllegalArgumentException if the reference is of another feature set
   */
  public Features inUnitsOf(Features reference) {
    requireSameSet(reference);
    double[] mean = reference.mean();
    double[] deviation = new double[dimension];
    for (double[] row : reference.rows) {
      for (int k = 0; k < dimension; k++) {
        deviation[k] += (row[k] - mean[k]) * (row[k] - mean[k]);
      }
    }
    List<double[]> scaled = new ArrayList<>(rows.length);
    for (int k = 0; k < dimension; k++) {
      double root = Math.sqrt(deviation[k] / Math.max(1, reference.rows.length - 1));
      deviation[k] = root > 1e-12 * Math.abs(mean[k]) && root > 0 ? root : 1;
    }
    for (double[] row : rows) {
      double[] values = new double[dimension];
      for (int k = 0; k < dimension; k++) {
        values[k] = (row[k] - mean[k]) / deviation[k];
      }
      scaled.add(values);
    }
    return of(set, images, scaled);
  }

  /** Returns how many images have the very features of one of the others. */
  public int alsoIn(Features others) {
    Set<List<Double>> known = new HashSet<>();
    for (double[] row : others.rows) {
      known.add(Arrays.stream(row).boxed().toList());
    }
    int count = 0;
    for (double[] row : rows) {
      count += known.contains(Arrays.stream(row).boxed().toList()) ? 1 : 0;
    }
    return count;
  }

  /** Refuses features of another set. */
  void requireSameSet(Features other) {
    if (!set.equals(other.set) || dimension != other.dimension) {
      throw new IllegalArgumentException(
          "features: '%s' of %d values and '%s' of %d (expected: one feature set)"
              .formatted(set, dimension, other.set, other.dimension));
    }
  }

  static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      double difference = a[k] - b[k];
      sum += difference * difference;
    }
    return sum;
  }
}
