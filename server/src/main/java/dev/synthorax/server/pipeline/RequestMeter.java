package dev.synthorax.server.pipeline;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.scheduler.Admission;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Listens in on every request of a pipeline and counts what became of it.
 *
 * <p><b>Threading:</b> any thread.
 */
final class RequestMeter {
  private final LongSupplier nanoClock;
  private final Histogram queue = Histogram.ofDurations();
  private final Histogram denoise = Histogram.ofDurations();
  private final Histogram decode = Histogram.ofDurations();
  private final Histogram requests = Histogram.ofDurations();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  RequestMeter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** The listener of a request that has come just now, listened in on. */
  GenerationListener of(GenerationListener listener) {
    return new Counted(listener, nanoClock.getAsLong());
  }

  private final class Counted implements GenerationListener {
    private final GenerationListener listener;
    private final long arrivalNanos;

    private Counted(GenerationListener listener, long arrivalNanos) {
      this.listener = listener;
      this.arrivalNanos = arrivalNanos;
    }

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {
      listener.queued(admission, warnings);
    }

    @Override
    public void progress(Progress progress) {
      listener.progress(progress);
    }

    @Override
    public void image(GeneratedImage image) {
      queue.add(image.timings().queued().toNanos());
      denoise.add(image.timings().denoising().toNanos());
      decode.add(image.timings().decoding().toNanos());
      listener.image(image);
    }

    @Override
    public void completed() {
      requests.add(nanoClock.getAsLong() - arrivalNanos);
      listener.completed();
    }

    @Override
    public void failed(RuntimeException failure) {
      failures.computeIfAbsent(reason(failure), _ -> new LongAdder()).increment();
      listener.failed(failure);
    }
  }

  private static String reason(RuntimeException failure) {
    return switch (failure) {
      case ServerException refused -> refused.reason().name();
      case InferenceException known -> known.reason().name();
      default -> ErrorReason.INTERNAL.name();
    };
  }

  PipelineStatistics.Stages images() {
    return new PipelineStatistics.Stages(queue.snapshot(), denoise.snapshot(), decode.snapshot());
  }

  Histogram.Snapshot requests() {
    return requests.snapshot();
  }

  Map<String, Long> failures() {
    return failures.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().sum()));
  }
}
