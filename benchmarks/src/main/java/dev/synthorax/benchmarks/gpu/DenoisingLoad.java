package dev.synthorax.benchmarks.gpu;

import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.pipeline.GenerationSettings;
import dev.synthorax.server.pipeline.OutputEncoding;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.PriorityClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Some images with guidance, from admission to pixels, all at once on a pipeline that is otherwise
 * idle.
 */
final class DenoisingLoad {
  private static final float GUIDANCE = 7.5f;

  private final DiffusionPipeline pipeline;
  private final int images;

  DenoisingLoad(DiffusionPipeline pipeline, int images) {
    this.pipeline = pipeline;
    this.images = images;
  }

  /**
   * Makes the images and returns the seconds of one step: the median image's time in the step loop,
   * over its steps.
   */
  double secondsAStep(int steps) {
    var settings =
        new GenerationSettings(
            steps,
            GUIDANCE,
            UnetBenchmark.noiseScheduler(pipeline.description()),
            1,
            images,
            PriorityClass.NORMAL,
            OutputEncoding.RAW_GRAY8,
            null);
    var listener = new Listener();
    Admission admission =
        pipeline
            .prepare(
                new GenerationRequest("normal chest radiograph", "", null, null, settings),
                "",
                listener)
            .start();
    if (!(admission instanceof Admission.Queued)) {
      throw new IllegalStateException("the images were not let in: " + admission);
    }
    List<Duration> times = listener.done.join().stream().sorted().toList();
    return times.get(times.size() / 2).toNanos() / 1e9 / steps;
  }

  /** Collects how long each image was in the step loop. */
  private static final class Listener implements GenerationListener {
    private final CompletableFuture<List<Duration>> done = new CompletableFuture<>();
    private final List<Duration> times = new ArrayList<>(); // the decoder's thread

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {}

    @Override
    public void progress(Progress progress) {}

    @Override
    public void image(GeneratedImage image) {
      times.add(image.timings().denoising());
      image.sent();
    }

    @Override
    public void completed() {
      done.complete(List.copyOf(times));
    }

    @Override
    public void failed(RuntimeException failure) {
      done.completeExceptionally(failure);
    }
  }
}
