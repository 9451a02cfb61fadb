package dev.synthorax.server.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HistogramTest {
  @Test
  void add_valuesAtAndBetweenBounds_areCountedInTheRangeThatTheyEnd() {
    Histogram rows = Histogram.ofCounts();
    for (long value : new long[] {1, 2, 3, 4, 128, 129, 1000}) {
      rows.add(value);
    }

    Histogram.Snapshot seen = rows.snapshot();

    assertThat(seen.bounds()).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L);
    assertThat(seen.counts()).containsExactly(1L, 1L, 2L, 0L, 0L, 0L, 0L, 1L, 2L);
    assertThat(seen.count()).isEqualTo(7);
    assertThat(seen.sum()).isEqualTo(1267);
  }

  @Test
  void ofDurations_bounds_areFromATenthOfAMillisecondToFiveMinutes() {
    var bounds = Histogram.ofDurations().snapshot().bounds();

    assertThat(bounds)
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(100_000L, 250_000L, 500_000L, 1_000_000L)
        .endsWith(
            Duration.ofSeconds(100).toNanos(),
            Duration.ofSeconds(250).toNanos(),
            Duration.ofMinutes(5).toNanos());
  }
}
