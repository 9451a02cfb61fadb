package dev.synthorax.server.plain;

import dev.synthorax.engine.Device;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Row counts that a fixed-shape context is opened for. A processor runs a batch at its own count; a
 * device, where contexts are compiled and recorded, at the next of a few, filled up with zeros.
 *
 * @param counts ascending; empty: any
 */
record RowSizes(List<Integer> counts) {
  RowSizes {
    counts = List.copyOf(counts);
  }

  /**
   * For a device.
   *
   * @param maxRows of a batch
   * @param preferred counts that batches are to have
   */
  static RowSizes of(Device device, int maxRows, Collection<Integer> preferred) {
    return switch (device.kind()) {
      case CPU -> new RowSizes(List.of());
      case GPU -> {
        var counts = new TreeSet<>(preferred);
        for (int rows = 1; rows < maxRows; rows *= 2) {
          counts.add(rows);
        }
        counts.add(maxRows);
        yield new RowSizes(List.copyOf(counts));
      }
    };
  }

  /** The count that so many rows are run at. */
  int fit(int rows) {
    return counts.stream().filter(count -> count >= rows).findFirst().orElse(rows);
  }
}
