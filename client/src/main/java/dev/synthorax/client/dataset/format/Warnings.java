package dev.synthorax.client.dataset.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects warnings, of each kind the first few and the number of the others.
 *
 * <p><b>Threading:</b> any thread may add.
 */
public final class Warnings implements ReadOptions.Oddities {
  private static final int SHOWN = 5;

  private final Map<String, List<String>> shown = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  /**
   * Adds a warning.
   *
   * @param kind what the others are counted as: {@code missing files}
   * @param line what is odd, with file, row and value
   */
  @Override
  public synchronized void add(String kind, String line) {
    if (counts.merge(kind, 1, Integer::sum) <= SHOWN) {
      shown.computeIfAbsent(kind, key -> new ArrayList<>()).add(line);
    }
  }

  /** Returns how many there are of a kind. */
  public synchronized int count(String kind) {
    return counts.getOrDefault(kind, 0);
  }

  /** Returns the lines, kind by kind in the order they came up. */
  public synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    shown.forEach(
        (kind, first) -> {
          lines.addAll(first);
          int more = counts.getOrDefault(kind, 0) - first.size();
          if (more > 0) {
            lines.add("and " + more + " more: " + kind);
          }
        });
    return List.copyOf(lines);
  }
}
