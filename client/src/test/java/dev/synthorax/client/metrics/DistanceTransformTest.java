package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistanceTransformTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void distances_randomSites_areThoseToTheNearest(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int width = random.nextInt(1, 40);
    int height = random.nextInt(1, 40);
    PixelSpacing spacing = new PixelSpacing(random.nextDouble(0.1, 3), random.nextDouble(0.1, 3));
    int[] sites = random.ints(random.nextInt(1, 12), 0, width * height).toArray();
    int[] queries = IntStream.range(0, width * height).toArray();

    double[] distances = DistanceTransform.distances(width, height, sites, queries, spacing);

    for (int query : queries) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int site : sites) {
        double down = spacing.row() * (query / width - site / width);
        double along = spacing.column() * (query % width - site % width);
        nearest = Math.min(nearest, Math.sqrt(down * down + along * along));
      }
      assertThat(distances[query]).isCloseTo(nearest, Offset.offset(1e-12));
    }
  }
}
