package dev.synthorax.client.stats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which units belong together: the images of a patient. Clusters are numbered 0, 1, ... . */
public final class Clusters {
  private final int[] clusterOfUnit;
  private final int count;

  private Clusters(int[] clusterOfUnit, int count) {
    this.clusterOfUnit = clusterOfUnit;
    this.count = count;
  }

  /** Every unit its own cluster. */
  public static Clusters singletons(int units) {
    int[] own = new int[units];
    for (int i = 0; i < units; i++) {
      own[i] = i;
    }
    return new Clusters(own, units);
  }

  /** Units with equal names belong together; clusters are numbered in order of appearance. */
  public static Clusters ofNames(List<String> names) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    int[] clusterOfUnit = new int[names.size()];
    for (int i = 0; i < clusterOfUnit.length; i++) {
      clusterOfUnit[i] = numbers.computeIfAbsent(names.get(i), name -> numbers.size());
    }
    return new Clusters(clusterOfUnit, numbers.size());
  }

  /** Returns the number of clusters. */
  public int count() {
    return count;
  }

  /** Returns the number of units. */
  public int units() {
    return clusterOfUnit.length;
  }

  /** Returns whether no two units belong together. */
  public boolean areSingletons() {
    return count == clusterOfUnit.length;
  }

  int of(int unit) {
    return clusterOfUnit[unit];
  }

  /** Returns the sum of {@code values} in each cluster. */
  double[] sums(double[] values) {
    double[] sums = new double[count];
    for (int i = 0; i < values.length; i++) {
      sums[clusterOfUnit[i]] += values[i];
    }
    return sums;
  }
}
