package dev.synthorax.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.telemetry.MetricsText.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MetricsTextTest {
  private final MetricsText page = new MetricsText();

  @Test
  void value_wholeAndOtherNumbers_areWrittenAsTheyAre() {
    page.metric("some_total", Kind.COUNTER, "Some");
    page.value(Labels.NONE, 123_456_789_012L);
    page.value(Labels.of("a", "b").and("c", "d"), 0.25);
    page.metric("other", Kind.GAUGE, "Other");
    page.value(Labels.NONE, -1);

    assertThat(page)
        .hasToString(
            """
            # HELP some_total Some
            # TYPE some_total counter
            some_total 123456789012
            some_total{a="b",c="d"} 0.25
            # HELP other Other
            # TYPE other gauge
            other -1
            """);
  }

  @Test
  void value_labelsOfStrangers_cannotWriteLines() {
    page.metric("x", Kind.GAUGE, "X");
    page.value(Labels.of("model", "a\"} 1\ny{b=\\"), 1);

    assertThat(page.toString()).endsWith("x{model=\"a\\\"} 1\\ny{b=\\\\\"} 1\n").hasLineCount(3);
  }

  @Test
  void values_distribution_isCumulativeAndInItsUnit() {
    page.metric("wait_seconds", Kind.HISTOGRAM, "Waiting");
    page.seconds(
        Labels.of("model", "m"),
        new Histogram.Snapshot(
            List.of(100_000L, 2_500_000_000L), List.of(3L, 0L, 2L), 9_500_000_000L));

    assertThat(page)
        .hasToString(
            """
            # HELP wait_seconds Waiting
            # TYPE wait_seconds histogram
            wait_seconds_bucket{model="m",le="0.0001"} 3
            wait_seconds_bucket{model="m",le="2.5"} 3
            wait_seconds_bucket{model="m",le="+Inf"} 5
            wait_seconds_sum{model="m"} 9.5
            wait_seconds_count{model="m"} 5
            """);
  }

  @Test
  void values_ofNumbers_areShownAsTheyAre() {
    page.metric("rows", Kind.HISTOGRAM, "Rows");
    page.values(Labels.NONE, new Histogram.Snapshot(List.of(2L), List.of(1L, 0L), 2));

    assertThat(page.toString().lines().skip(2))
        .containsExactly(
            "rows_bucket{le=\"2\"} 1", "rows_bucket{le=\"+Inf\"} 1", "rows_sum 2", "rows_count 1");
  }
}
