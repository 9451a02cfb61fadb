package dev.synthorax.server.telemetry;

import dev.synthorax.server.measure.Histogram;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * A page in Prometheus's text format 0.0.4: metrics one after another, all values of one together.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">The format</a>
 */
final class MetricsText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** How a metric moves. */
  enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private static final double NANOS = 1e9; // of a second

  private final StringBuilder text = new StringBuilder();
  private String name = "";

  /** Begins a metric; its values follow. */
  void metric(String metric, Kind kind, String help) {
    name = metric;
    text.append("# HELP ").append(metric).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(metric).append(' ');
    text.append(kind.name().toLowerCase(Locale.ROOT)).append('\n');
  }

  /** A number of the metric that was begun last. */
  void value(Labels labels, long value) {
    line("", labels, Long.toString(value));
  }

  /** A value, finite, of the metric that was begun last. */
  void value(Labels labels, double value) {
    line("", labels, Double.toString(value));
  }

  /** Durations in nanoseconds, shown in seconds, of the metric that was begun last. */
  void seconds(Labels labels, Histogram.Snapshot seen) {
    distribution(labels, seen, NANOS);
  }

  /** A distribution of the metric that was begun last. */
  void values(Labels labels, Histogram.Snapshot seen) {
    distribution(labels, seen, 1);
  }

  private void distribution(Labels labels, Histogram.Snapshot seen, double unit) {
    long below = 0;
    for (int i = 0; i < seen.bounds().size(); i++) {
      below += seen.counts().get(i);
      line("_bucket", labels.and("le", plain(seen.bounds().get(i) / unit)), Long.toString(below));
    }
    String all = Long.toString(below + seen.counts().getLast());
    line("_bucket", labels.and("le", "+Inf"), all);
    line("_sum", labels, plain(seen.sum() / unit));
    line("_count", labels, all);
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private void line(String suffix, Labels labels, String value) {
    text.append(name).append(suffix).append(labels).append(' ').append(value).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
