package dev.synthorax.benchmarks.attack;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The ratio of things measured in turns: mean and interval of the pairs' logarithms.
 *
 * @param mean geometric
 * @param low end of its 95 % interval (Student)
 * @param high end of it
 */
record PairedRatio(double mean, double low, double high) {
  private static final double CONFIDENCE = 0.975;

  static PairedRatio of(double[] before, double[] after) {
    double[] logs = new double[before.length];
    Arrays.setAll(logs, i -> Math.log(after[i] / before[i]));
    double mean = Arrays.stream(logs).average().orElse(Double.NaN);
    double squares = Arrays.stream(logs).map(value -> (value - mean) * (value - mean)).sum();
    int freedom = logs.length - 1;
    double error = Math.sqrt(squares / freedom / logs.length);
    double wide = TDistribution.of(freedom).inverseCumulativeProbability(CONFIDENCE) * error;
    return new PairedRatio(Math.exp(mean), Math.exp(mean - wide), Math.exp(mean + wide));
  }

  String interval() {
    return String.format(Locale.ROOT, "%.3f to %.3f", low, high);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
