package dev.synthorax.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.plain.PlainStatistics.Failures;
import dev.synthorax.server.plain.PlainStatistics.Tally;
import dev.synthorax.server.scheduler.AdmissionStatistics;
import dev.synthorax.server.scheduler.StepStatistics;
import dev.synthorax.server.scheduler.WorkStatistics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names, labels and values of each metric of a model, from counters that differ all. */
final class ModelMetricsTest {
  private static final Labels MODEL = Labels.of("model", "m").and("version", "3");

  private static Histogram.Snapshot durations(long... nanos) {
    var histogram = Histogram.ofDurations();
    for (long each : nanos) {
      histogram.add(each);
    }
    return histogram.snapshot();
  }

  private static Histogram.Snapshot rows(long... rows) {
    var histogram = Histogram.ofCounts();
    for (long each : rows) {
      histogram.add(each);
    }
    return histogram.snapshot();
  }

  private static String plain() {
    var page = new MetricsText();
    PlainMetrics.write(
        page,
        Map.of(
            MODEL,
            new PlainStatistics(
                1_000,
                5,
                2,
                new Tally(4, 40_999),
                new Tally(10, 10),
                new Tally(4, 41_000),
                new Tally(4, 42_000),
                new Tally(4, 43_000),
                new Tally(4, 44_000),
                new Tally(7, 45_000),
                new Tally(8, 46_000),
                List.of(),
                new Failures(11, 12, 13, 14),
                9,
                durations(1_000_000, 2_000_000_000),
                durations(3_000_000))));
    return page.toString();
  }

  private static String pipeline() {
    var page = new MetricsText();
    PipelineMetrics.write(
        page,
        Map.of(
            MODEL,
            new WorkStatistics(
                new AdmissionStatistics(1, 2, 3, 4, 20, 26),
                List.of(
                    new WorkStatistics.DeviceSteps(
                        "GPU 0", new StepStatistics(durations(1_000_000), rows(2, 8), 5)),
                    new WorkStatistics.DeviceSteps(
                        "GPU 1", new StepStatistics(durations(), rows(16), 6))),
                new WorkStatistics.Stages(
                    durations(1_000_000_000), durations(2_000_000_000), durations(3_000_000_000L)),
                durations(7_000_000_000L, 8_000_000_000L),
                Map.of("DEADLINE_EXCEEDED", 2L, "BACKEND_FAILURE", 3L))));
    return page.toString();
  }

  @Test
  void plain_everyCounterOfTriton_hasItsNameLabelsAndUnit() {
    String labels = "{model=\"m\",version=\"3\"} ";

    assertThat(plain().lines())
        .contains(
            "nv_inference_request_success" + labels + 4,
            "nv_inference_count" + labels + 5,
            "nv_inference_exec_count" + labels + 2,
            "nv_inference_request_duration_us" + labels + 40,
            "nv_inference_queue_duration_us" + labels + 41,
            "nv_inference_compute_input_duration_us" + labels + 42,
            "nv_inference_compute_infer_duration_us" + labels + 43,
            "nv_inference_compute_output_duration_us" + labels + 44,
            "nv_cache_num_hits_per_model" + labels + 7,
            "nv_cache_num_misses_per_model" + labels + 8,
            "nv_cache_hit_duration_per_model" + labels + 45,
            "nv_cache_miss_duration_per_model" + labels + 46,
            "nv_inference_pending_request_count" + labels + 9,
            "nv_inference_request_failure{model=\"m\",version=\"3\",reason=\"REJECTED\"} 11",
            "nv_inference_request_failure{model=\"m\",version=\"3\",reason=\"CANCELED\"} 12",
            "nv_inference_request_failure{model=\"m\",version=\"3\",reason=\"BACKEND\"} 13",
            "nv_inference_request_failure{model=\"m\",version=\"3\",reason=\"OTHER\"} 14",
            "# TYPE nv_inference_count counter",
            "# TYPE nv_inference_pending_request_count gauge",
            "synthorax_request_duration_seconds_count" + labels + 2,
            "synthorax_request_duration_seconds_sum" + labels + 2.001,
            "synthorax_queue_duration_seconds_sum" + labels + 0.003);
  }

  @Test
  void pipeline_everyCounter_hasItsNameLabelsAndUnit() {
    String model = "model=\"m\",version=\"3\"";

    assertThat(pipeline().lines())
        .contains(
            "synthorax_images_admitted_total{" + model + "} 1",
            "synthorax_images_refused_total{" + model + ",reason=\"QUEUE\"} 2",
            "synthorax_images_refused_total{" + model + ",reason=\"MEMORY\"} 3",
            "synthorax_images_refused_total{" + model + ",reason=\"DEADLINE\"} 4",
            "synthorax_images{" + model + ",state=\"queued\"} 9",
            "synthorax_images{" + model + ",state=\"running\"} 11",
            "synthorax_images{" + model + ",state=\"unsent\"} 6",
            "synthorax_image_stage_seconds_sum{" + model + ",stage=\"queue\"} 1",
            "synthorax_image_stage_seconds_sum{" + model + ",stage=\"denoise\"} 2",
            "synthorax_image_stage_seconds_sum{" + model + ",stage=\"decode\"} 3",
            "synthorax_generation_duration_seconds_count{" + model + "} 2",
            "synthorax_generation_duration_seconds_sum{" + model + "} 15",
            "synthorax_generations_failed_total{" + model + ",reason=\"BACKEND_FAILURE\"} 3",
            "synthorax_generations_failed_total{" + model + ",reason=\"DEADLINE_EXCEEDED\"} 2",
            "synthorax_step_duration_seconds_sum{" + model + ",device=\"GPU 0\"} 0.001",
            "synthorax_step_rows_sum{" + model + ",device=\"GPU 0\"} 10",
            "synthorax_step_rows_bucket{" + model + ",device=\"GPU 1\",le=\"8\"} 0",
            "synthorax_step_rows_bucket{" + model + ",device=\"GPU 1\",le=\"16\"} 1");
  }

  @Test
  void page_everyMetric_isToldOnceWithItsKindBeforeItsValues() {
    String page = plain() + pipeline();
    String name = "";
    var seen = new java.util.HashSet<String>();
    for (String line : page.lines().toList()) {
      if (line.startsWith("# HELP ")) {
        name = line.split(" ", 4)[2];
        assertThat(seen.add(name)).as(line).isTrue();
      } else if (line.startsWith("# TYPE ")) {
        assertThat(line).matches("# TYPE " + name + " (counter|gauge|histogram)");
      } else {
        assertThat(line).matches(name + "(_bucket|_sum|_count)?\\{[^}]+} [0-9.]+");
      }
    }
  }
}
