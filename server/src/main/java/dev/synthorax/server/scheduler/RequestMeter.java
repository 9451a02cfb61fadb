package dev.synthorax.server.scheduler;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.scheduler.WorkStatistics.Stages;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Counts what became of a model's requests and images.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class RequestMeter {
  private final Histogram queue = Histogram.ofDurations();
  private final Histogram denoise = Histogram.ofDurations();
  private final Histogram decode = Histogram.ofDurations();
  private final Histogram requests = Histogram.ofDurations();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  /** Of which nothing is counted. */
  public RequestMeter() {}

  /**
   * An image is finished.
   *
   * @param queueNanos from arrival to the first step
   * @param denoiseNanos from the first step to the last
   * @param decodeNanos from the last step to the encoded image
   */
  public void image(long queueNanos, long denoiseNanos, long decodeNanos) {
    queue.add(queueNanos);
    denoise.add(denoiseNanos);
    decode.add(decodeNanos);
  }

  /** All images of a request are made, so long after it arrived. */
  public void answered(long nanos) {
    requests.add(nanos);
  }

  /** A request that was let in has failed. */
  public void failed(RuntimeException failure) {
    failures.computeIfAbsent(reason(failure), _ -> new LongAdder()).increment();
  }

  private static String reason(RuntimeException failure) {
    return switch (failure) {
      case ServerException refused -> refused.reason().name();
      case InferenceException known -> known.reason().name();
      default -> ErrorReason.INTERNAL.name();
    };
  }

  /** What it counted, beside what others did. */
  public WorkStatistics statistics(
      AdmissionStatistics admission, List<WorkStatistics.DeviceSteps> devices) {
    return new WorkStatistics(
        admission,
        devices,
        new Stages(queue.snapshot(), denoise.snapshot(), decode.snapshot()),
        requests.snapshot(),
        failures.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().sum())));
  }
}
