package dev.synthorax.server.telemetry;

import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.plain.PlainStatistics.Tally;
import dev.synthorax.server.telemetry.MetricsText.Kind;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What plain models did, under the names that Triton gives it, and as distributions. */
final class PlainMetrics {
  private static final long NANOS_OF_MICROSECOND = 1_000;
  private static final List<Metric> TRITON =
      List.of(
          counter(
              "nv_inference_request_success",
              "Requests that were answered",
              s -> count(s.success())),
          counter("nv_inference_count", "Rows that were computed", PlainStatistics::inferences),
          counter("nv_inference_exec_count", "Runs of the network", PlainStatistics::executions),
          micros(
              "nv_inference_request_duration_us",
              "In the model, waiting included",
              PlainStatistics::success),
          micros("nv_inference_queue_duration_us", "Waiting", PlainStatistics::queue),
          micros(
              "nv_inference_compute_input_duration_us",
              "Putting inputs together",
              PlainStatistics::computeInput),
          micros(
              "nv_inference_compute_infer_duration_us",
              "In the network",
              PlainStatistics::computeInfer),
          micros(
              "nv_inference_compute_output_duration_us",
              "Taking outputs apart",
              PlainStatistics::computeOutput),
          counter(
              "nv_cache_num_hits_per_model",
              "Requests whose answer was kept",
              s -> count(s.cacheHit())),
          counter(
              "nv_cache_num_misses_per_model",
              "Requests that were looked up in vain",
              s -> count(s.cacheMiss())),
          micros(
              "nv_cache_hit_duration_per_model",
              "Looking up what was kept",
              PlainStatistics::cacheHit),
          micros(
              "nv_cache_miss_duration_per_model",
              "Looking up in vain, and keeping",
              PlainStatistics::cacheMiss),
          new Metric(
              "nv_inference_pending_request_count",
              Kind.GAUGE,
              "Requests that wait now",
              PlainStatistics::pending));

  private PlainMetrics() {}

  /** One value of a model. */
  private record Metric(
      String name, Kind kind, String help, ToLongFunction<PlainStatistics> value) {}

  private static Metric counter(String name, String help, ToLongFunction<PlainStatistics> value) {
    return new Metric(name, Kind.COUNTER, help, value);
  }

  private static Metric micros(String name, String help, Function<PlainStatistics, Tally> tally) {
    return counter(
        name,
        help + ", microseconds of all requests together",
        statistics -> tally.apply(statistics).nanos() / NANOS_OF_MICROSECOND);
  }

  private static long count(Tally tally) {
    return tally.count();
  }

  /** Writes every metric of every model. */
  static void write(MetricsText page, Map<Labels, PlainStatistics> models) {
    for (Metric metric : TRITON) {
      page.metric(metric.name(), metric.kind(), metric.help());
      models.forEach(
          (labels, statistics) -> page.value(labels, metric.value().applyAsLong(statistics)));
    }
    page.metric("nv_inference_request_failure", Kind.COUNTER, "Requests that were not answered");
    models.forEach((labels, statistics) -> failures(page, labels, statistics.failures()));
    page.metric(
        "synthorax_request_duration_seconds",
        Kind.HISTOGRAM,
        "Answered requests, waiting included");
    models.forEach((labels, statistics) -> page.seconds(labels, statistics.latencies()));
    page.metric("synthorax_queue_duration_seconds", Kind.HISTOGRAM, "Waiting of answered requests");
    models.forEach((labels, statistics) -> page.seconds(labels, statistics.waits()));
  }

  private static void failures(MetricsText page, Labels labels, PlainStatistics.Failures failures) {
    page.value(labels.and("reason", "REJECTED"), failures.rejected());
    page.value(labels.and("reason", "CANCELED"), failures.cancelled());
    page.value(labels.and("reason", "BACKEND"), failures.backend());
    page.value(labels.and("reason", "OTHER"), failures.other());
  }
}
