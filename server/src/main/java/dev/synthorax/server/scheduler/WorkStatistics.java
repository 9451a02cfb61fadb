package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.measure.Histogram;
import java.util.List;
import java.util.Map;

/**
 * What a model did since it was loaded, whose images are made step by step.
 *
 * @param admission whom it let in
 * @param devices what each of its copies did
 * @param images where the time of finished images went
 * @param requests nanoseconds from arrival to the last image, of requests that were answered
 * @param failures requests that were let in and failed, by reason
 */
public record WorkStatistics(
    AdmissionStatistics admission,
    List<DeviceSteps> devices,
    Stages images,
    Histogram.Snapshot requests,
    Map<String, Long> failures) {
  /** Copies list and map. */
  public WorkStatistics {
    requireNonNull(admission, "admission");
    requireNonNull(images, "images");
    requireNonNull(requests, "requests");
    devices = List.copyOf(devices);
    failures = Map.copyOf(failures);
  }

  /**
   * The step loop of one device.
   *
   * @param device its name, as "CPU 0"
   * @param steps what it did
   */
  public record DeviceSteps(String device, StepStatistics steps) {
    public DeviceSteps {
      requireNonNull(device, "device");
      requireNonNull(steps, "steps");
    }
  }

  /**
   * Nanoseconds of finished images, stage by stage.
   *
   * @param queue from arrival to the first step
   * @param denoise from the first step to the last
   * @param decode from the last step to the encoded image
   */
  public record Stages(
      Histogram.Snapshot queue, Histogram.Snapshot denoise, Histogram.Snapshot decode) {
    public Stages {
      requireNonNull(queue, "queue");
      requireNonNull(denoise, "denoise");
      requireNonNull(decode, "decode");
    }
  }
}
