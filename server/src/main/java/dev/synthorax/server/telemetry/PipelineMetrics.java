package dev.synthorax.server.telemetry;

import dev.synthorax.server.scheduler.AdmissionStatistics;
import dev.synthorax.server.scheduler.WorkStatistics;
import dev.synthorax.server.scheduler.WorkStatistics.DeviceSteps;
import dev.synthorax.server.scheduler.WorkStatistics.Stages;
import dev.synthorax.server.telemetry.MetricsText.Kind;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** What diffusion pipelines did: whom they let in, their steps, and where images' time went. */
final class PipelineMetrics {
  private final MetricsText page;
  private final Map<Labels, WorkStatistics> models;

  private PipelineMetrics(MetricsText page, Map<Labels, WorkStatistics> models) {
    this.page = page;
    this.models = models;
  }

  /** Writes every metric of every pipeline. */
  static void write(MetricsText page, Map<Labels, WorkStatistics> models) {
    var metrics = new PipelineMetrics(page, models);
    metrics.writeImages();
    metrics.writeRequests();
    metrics.writeSteps();
  }

  private void metric(
      String name, Kind kind, String help, BiConsumer<Labels, WorkStatistics> values) {
    page.metric(name, kind, help);
    models.forEach(values);
  }

  private void writeImages() {
    metric(
        "synthorax_images_admitted_total",
        Kind.COUNTER,
        "Images that were let in",
        (labels, seen) -> page.value(labels, seen.admission().admitted()));
    metric(
        "synthorax_images_refused_total",
        Kind.COUNTER,
        "Images that were not let in, by what stood against them",
        (labels, seen) -> {
          AdmissionStatistics admission = seen.admission();
          page.value(labels.and("reason", "QUEUE"), admission.full());
          page.value(labels.and("reason", "MEMORY"), admission.noMemory());
          page.value(labels.and("reason", "DEADLINE"), admission.late());
        });
    metric(
        "synthorax_images",
        Kind.GAUGE,
        "Images that are in: queued before their first step, running until decoded, unsent after",
        (labels, seen) -> {
          int running = seen.devices().stream().mapToInt(each -> each.steps().images()).sum();
          int unfinished = seen.admission().unfinished();
          page.value(labels.and("state", "queued"), Math.max(0, unfinished - running));
          page.value(labels.and("state", "running"), running);
          page.value(
              labels.and("state", "unsent"), Math.max(0, seen.admission().unsent() - unfinished));
        });
    metric(
        "synthorax_image_stage_seconds",
        Kind.HISTOGRAM,
        "Time of finished images in each stage",
        (labels, seen) -> {
          Stages images = seen.images();
          page.seconds(labels.and("stage", "queue"), images.queue());
          page.seconds(labels.and("stage", "denoise"), images.denoise());
          page.seconds(labels.and("stage", "decode"), images.decode());
        });
  }

  private void writeRequests() {
    metric(
        "synthorax_generation_duration_seconds",
        Kind.HISTOGRAM,
        "Requests whose images were all made, from arrival to the last of them",
        (labels, seen) -> page.seconds(labels, seen.requests()));
    metric(
        "synthorax_generations_failed_total",
        Kind.COUNTER,
        "Requests that were let in and failed",
        (labels, seen) ->
            new TreeMap<>(seen.failures())
                .forEach((reason, count) -> page.value(labels.and("reason", reason), count)));
  }

  private void writeSteps() {
    metric(
        "synthorax_step_duration_seconds",
        Kind.HISTOGRAM,
        "Denoising steps",
        (labels, seen) -> {
          for (DeviceSteps each : seen.devices()) {
            page.seconds(labels.and("device", each.device()), each.steps().nanos());
          }
        });
    metric(
        "synthorax_step_rows",
        Kind.HISTOGRAM,
        "Rows of a denoising step, padding not counted",
        (labels, seen) -> {
          for (DeviceSteps each : seen.devices()) {
            page.values(labels.and("device", each.device()), each.steps().rows());
          }
        });
  }
}
