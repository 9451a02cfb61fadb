package dev.synthorax.server.telemetry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.edge.CallTimes;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.pipeline.GeneratedImage;
import dev.synthorax.server.pipeline.GenerationListener;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.pipeline.GenerationSettings;
import dev.synthorax.server.pipeline.OutputEncoding;
import dev.synthorax.server.repository.DiffusionLoader;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ServedModel;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.ByteBudget;
import dev.synthorax.server.scheduler.PriorityClass;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A repository's models, asked and then looked at. */
@Timeout(60)
final class ServerMetricsTest {
  @TempDir private Path folder;
  private final FakeBackend backend = new FakeBackend();
  private final CallTimes calls = new CallGate().times();
  private ModelRepository models;

  @BeforeEach
  void load() throws IOException {
    FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    FakePipelines.writeBroken(folder.resolve("torn"));
    models =
        new ModelRepository(
            new ModelFolders(
                List.of(folder), List.of(new DiffusionLoader(_ -> FakePipelines.loader(backend)))));
    models.start(new ModelLoader.Resources(backend, 1, Path.of("unused"), new ByteBudget(1 << 20)));
  }

  @AfterEach
  void close() {
    models.close();
  }

  private ServerStatus status() {
    var use = new ServerStatus.Use(3, 4);
    return new ServerStatus(
        Duration.ofSeconds(1),
        models.list(),
        5,
        0,
        new ServerStatus.Memory(use, use, use, use, new ServerStatus.Use(6, 7)),
        Map.of("Plan", 8L));
  }

  /** Values by name and labels. */
  private Map<String, Double> scrape() {
    return new ServerMetrics(models, calls, this::status)
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  private static final class Answered implements GenerationListener {
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {}

    @Override
    public void progress(Progress progress) {}

    @Override
    public void image(GeneratedImage image) {
      image.sent();
    }

    @Override
    public void completed() {
      ended.countDown();
    }

    @Override
    public void failed(RuntimeException failure) {
      ended.countDown();
    }
  }

  private Admission generate(int count) throws InterruptedException {
    var listener = new Answered();
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
    try (var lease = models.acquire("squares", "")) {
      var pipeline = ((ServedModel.Diffusion) lease.model()).pipeline();
      var request = new GenerationRequest("a", "", null, null, settings);
      Admission admission = pipeline.prepare(request, "", listener).start();
      if (admission instanceof Admission.Queued) {
        assertThat(listener.ended.await(60, TimeUnit.SECONDS)).isTrue();
      }
      return admission;
    }
  }

  private double of(Map<String, Double> page, String name, String... more) {
    String version = models.describe("squares", "").version();
    String labels = String.join(",", more);
    return requireNonNull(
        page.get(
            "%s{model=\"squares\",version=\"%s\"%s}"
                .formatted(name, version, labels.isEmpty() ? "" : "," + labels)),
        name);
  }

  @Test
  void text_requestsOfAPipeline_areCountedInImagesStepsAndStages() throws Exception {
    Map<String, Double> before = scrape();
    assertThat(of(before, "synthorax_images_admitted_total")).isZero();

    generate(4);
    generate(2);
    assertThat(generate(100)).isInstanceOf(Admission.Rejected.class);
    Map<String, Double> after = scrape();

    assertThat(of(after, "synthorax_images_admitted_total")).isEqualTo(6);
    assertThat(of(after, "synthorax_images_refused_total", "reason=\"QUEUE\"")).isEqualTo(100);
    assertThat(of(after, "synthorax_image_stage_seconds_count", "stage=\"decode\"")).isEqualTo(6);
    assertThat(of(after, "synthorax_generation_duration_seconds_count")).isEqualTo(2);
    String device = "device=\"" + backend.devices().getFirst().name() + "\"";
    assertThat(of(after, "synthorax_step_rows_sum", device))
        .as("three steps of six images, two rows each")
        .isEqualTo(36);
    assertThat(of(after, "synthorax_step_rows_count", device))
        .isEqualTo(of(after, "synthorax_step_duration_seconds_count", device))
        .isBetween(6.0, 18.0);
  }

  @Test
  void load_afterRequests_isThePartOfTheTimeThatTheDeviceComputed() throws Exception {
    generate(4);
    String device = "device=\"" + backend.devices().getFirst().name() + "\"";
    double busy = of(scrape(), "synthorax_step_duration_seconds_sum", device);
    var clock = new AtomicLong();
    var load = new ServerLoad(models, calls, this::status, clock::get);

    clock.set((long) (busy * 4e9));

    assertThat(load.reports().next().device()).isCloseTo(0.25, within(1e-3));
  }

  @Test
  void text_requestThatFails_isCountedByItsReason() throws Exception {
    backend.onCall(
        () -> {
          throw new IllegalStateException("as told");
        });
    generate(1);

    assertThat(of(scrape(), "synthorax_generations_failed_total", "reason=\"INTERNAL\""))
        .isEqualTo(1);
  }

  @Test
  void text_callsThatEnded_areToldByMethodAndStatus() {
    var kind = new CallTimes.Kind("a.Service/Method", "OK");
    calls.ended(kind, 1_000_000_000);
    calls.ended(kind, 2_000_000_000);
    calls.ended(new CallTimes.Kind("a.Service/Method", "CANCELLED"), 1);

    String labels = "{grpc_method=\"a.Service/Method\",grpc_status=\"%s\"}";
    assertThat(scrape())
        .containsEntry("grpc_server_call_duration_seconds_count" + labels.formatted("OK"), 2.0)
        .containsEntry("grpc_server_call_duration_seconds_sum" + labels.formatted("OK"), 3.0)
        .containsEntry(
            "grpc_server_call_duration_seconds_count" + labels.formatted("CANCELLED"), 1.0);
  }

  @Test
  void text_server_tellsModelsCallsMemoryAndProcess() {
    Map<String, Double> page = scrape();

    assertThat(of(page, "synthorax_model_ready")).isEqualTo(1);
    assertThat(page)
        .containsEntry("synthorax_model_ready{model=\"torn\",version=\"\"}", 0.0)
        .containsEntry("synthorax_calls", 5.0)
        .containsEntry("synthorax_held_bytes{by=\"responses\"}", 3.0)
        .containsEntry("synthorax_held_limit_bytes{by=\"cache\"}", 7.0)
        .containsEntry("synthorax_native_handles{kind=\"Plan\"}", 8.0);
    assertThat(page.get("process_cpu_seconds_total")).isPositive();
    assertThat(page.get("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
    assertThat(page.get("nv_cpu_memory_total_bytes"))
        .isGreaterThan(page.get("nv_cpu_memory_used_bytes"));
  }
}
