package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.phantom.Phantoms;
import java.util.List;
import java.util.stream.LongStream;

/** Phantoms by seed, made on all processors. */
final class TestPhantoms {
  private TestPhantoms() {}

  /** In the order of their seeds. */
  static List<Sample> of(long first, int count, int side) {
    return LongStream.range(first, first + count)
        .parallel()
        .mapToObj(seed -> Phantoms.sample(seed, side))
        .toList();
  }
}
