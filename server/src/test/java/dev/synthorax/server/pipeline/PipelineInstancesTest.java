package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.PriorityClass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model on two devices. */
@Timeout(60)
final class PipelineInstancesTest {
  @TempDir private Path folder;
  private final long mark = NativeHandles.mark();
  private final FakeBackend first = new FakeBackend();
  private final FakeBackend second = new FakeBackend();
  private final SeveralDevices devices = new SeveralDevices(List.of(first, second));
  private final ConcurrentLinkedQueue<InferenceException> broken = new ConcurrentLinkedQueue<>();
  private final CountDownLatch toldBroken = new CountDownLatch(1);

  /** Remembers what it is told. */
  private static final class Listener implements GenerationListener {
    private final CountDownLatch answered = new CountDownLatch(1);
    private final Map<Integer, byte[]> images = new TreeMap<>();
    private volatile List<String> warnings = List.of();
    private volatile @Nullable RuntimeException failure;

    @Override
    public void queued(Admission.Queued admission, List<String> told) {
      warnings = told;
    }

    @Override
    public void progress(Progress progress) {}

    @Override
    public synchronized void image(GeneratedImage image) {
      images.put(image.index(), image.data());
      image.sent();
    }

    @Override
    public void completed() {
      answered.countDown();
    }

    @Override
    public void failed(RuntimeException told) {
      failure = told;
      answered.countDown();
    }
  }

  @BeforeEach
  void write() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(first.open() + second.open()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  @MustBeClosed
  private DiffusionPipeline load() {
    return FakePipelines.loader(devices)
        .load(
            "squares",
            folder,
            failure -> {
              broken.add(failure);
              toldBroken.countDown();
            });
  }

  private static Listener generate(DiffusionPipeline pipeline, int count)
      throws InterruptedException {
    var listener = new Listener();
    var settings =
        new GenerationSettings(
            3,
            3,
            NoiseScheduler.Kind.DDIM,
            7,
            count,
            PriorityClass.NORMAL,
            OutputEncoding.PNG_GRAY8,
            null);
    pipeline.prepare(new GenerationRequest("a", "", null, null, settings), "", listener).start();
    assertThat(listener.answered.await(60, TimeUnit.SECONDS)).isTrue();
    return listener;
  }

  private static void lose(FakeBackend networks, String device) {
    networks.onCall(
        () -> {
          throw new InferenceException(
              ErrorReason.DEVICE_LOST, device + ": as told (restart the server)");
        });
  }

  @Test
  void generate_oneRequest_isSpreadAndHasThePixelsOfOneDevice() throws Exception {
    Map<Integer, byte[]> spread;
    try (var pipeline = load()) {
      assertThat(pipeline.description().backend()).isEqualTo("several 1 (2 x GPU)");
      int before = first.unetRuns().size();
      int beforeOnSecond = second.unetRuns().size();

      spread = generate(pipeline, 6).images;

      assertThat(first.unetRuns().size() - before).isGreaterThanOrEqualTo(3);
      assertThat(second.unetRuns().size() - beforeOnSecond).isGreaterThanOrEqualTo(3);
      assertThat(pipeline.unfinishedImages()).isZero();
    }
    try (var alone =
        FakePipelines.loader(new DeferredBackend(first)).load("squares", folder, broken::add)) {
      assertThat(generate(alone, 6).images)
          .hasSize(6)
          .allSatisfy((index, data) -> assertThat(data).isEqualTo(spread.get(index)));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void generate_oneDeviceIsLost_takesItsRequestDownAndTheModelGoesOn() throws Exception {
    try (var pipeline = load()) {
      lose(second, "GPU 1");

      Listener cut = generate(pipeline, 4);
      while (pipeline.losses().isEmpty()) {
        Thread.onSpinWait(); // its images are answered first
      }
      int before = second.unetRuns().size();
      Listener later = generate(pipeline, 4);

      assertThat(cut.failure).extracting("reason").isEqualTo(ErrorReason.DEVICE_LOST);
      assertThat(later.failure).isNull();
      assertThat(later.images).hasSize(4);
      assertThat(later.warnings).contains("GPU 1 makes no more images; 1 of 2 devices are left.");
      assertThat(second.unetRuns()).hasSize(before);
      assertThat(broken).isEmpty();
      second.onCall(() -> {});
    }
  }

  @Test
  void generate_everyDeviceIsLost_failsTheModelOnce() throws Exception {
    try (var pipeline = load()) {
      lose(first, "GPU 0");
      lose(second, "GPU 1");

      Listener one = generate(pipeline, 4);
      while (pipeline.losses().isEmpty()) {
        Thread.onSpinWait(); // until then the next one may meet the same device
      }
      var failures = List.of(one, generate(pipeline, 4), generate(pipeline, 4));

      assertThat(toldBroken.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(failures)
          .allSatisfy(
              listener ->
                  assertThat(listener.failure)
                      .extracting("reason")
                      .isEqualTo(ErrorReason.DEVICE_LOST));
      first.onCall(() -> {});
      second.onCall(() -> {});
    }
    assertThat(broken).singleElement().extracting("reason").isEqualTo(ErrorReason.DEVICE_LOST);
  }
}
