package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.scheduler.Admission;
import dev.synthorax.server.scheduler.PriorityClass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A device that does nothing before it is waited for gives the bytes of the processor. */
@Timeout(60)
final class DevicePixelsTest {
  private static final List<NoiseScheduler.Kind> KINDS = List.of(NoiseScheduler.Kind.values());
  private static final List<OutputEncoding> ENCODINGS = List.of(OutputEncoding.values());

  @TempDir private Path folder;

  /** Gathers the images of one request, by their index. */
  private static final class Images implements GenerationListener {
    private final Map<Integer, byte[]> byIndex = new HashMap<>();
    private final CompletableFuture<Map<Integer, byte[]>> all = new CompletableFuture<>();

    @Override
    public void queued(Admission.Queued admission, List<String> warnings) {}

    @Override
    public void progress(Progress progress) {}

    @Override
    public void image(GeneratedImage image) {
      byIndex.put(image.index(), image.data());
      image.sent();
    }

    @Override
    public void completed() {
      all.complete(byIndex);
    }

    @Override
    public void failed(RuntimeException failure) {
      all.completeExceptionally(failure);
    }
  }

  private static GenerationRequest request(SplittableRandom random) {
    int count = random.nextInt(1, 5);
    return new GenerationRequest(
        random.nextBoolean() ? "heart " + random.nextInt(3) : "",
        random.nextBoolean() ? "tubes" : "",
        random.nextBoolean() ? mask(random.nextInt(2)) : null,
        null,
        new GenerationSettings(
            random.nextInt(2, 6),
            random.nextBoolean() ? 3 : 1,
            KINDS.get(random.nextInt(KINDS.size())),
            random.nextInt(100),
            count,
            PriorityClass.NORMAL,
            ENCODINGS.get(random.nextInt(ENCODINGS.size())),
            null));
  }

  private static @Nullable MaskCondition mask(int structure) {
    float[] channels = new float[2 * FakePipelines.SIDE * FakePipelines.SIDE];
    channels[structure * channels.length / 2 + 7] = 1;
    return new MaskCondition(channels, List.of(new MaskCondition.Given("lungs", "00", false)));
  }

  /** All requests at once; every fourth is given up at some time, and yields nothing. */
  private List<Map<Integer, byte[]>> run(Backend backend, List<GenerationRequest> requests) {
    long mark = NativeHandles.mark();
    var results = new ArrayList<Map<Integer, byte[]>>();
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, _ -> {})) {
      var awaited = new ArrayList<Images>();
      for (int i = 0; i < requests.size(); i++) {
        var images = new Images();
        var generation = pipeline.prepare(requests.get(i), "", images);
        assertThat(generation.start()).isInstanceOf(Admission.Queued.class);
        if (i % 4 == 3) {
          generation.cancel();
        } else {
          awaited.add(images);
        }
      }
      awaited.forEach(images -> results.add(images.all.join()));
    }
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
    return results;
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 8);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void images_ofAnyMixture_areThoseOfTheProcessor(long seed) throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    var random = new SplittableRandom(seed);
    var requests = new ArrayList<GenerationRequest>();
    for (int i = 0; i < 10; i++) {
      requests.add(request(random));
    }

    var device = run(new DeferredBackend(new FakeBackend()), requests);

    assertThat(device).usingRecursiveComparison().isEqualTo(run(new FakeBackend(), requests));
  }

  @Test
  void load_rowsThatDependOnTheirCompany_areUsedOnADeviceAndNotOnTheProcessor() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    var networks = new FakeBackend();
    networks.dependOnCompany(4);

    assertThat(rowCounts(networks)).containsExactly(2, 8);
    assertThat(rowCounts(new DeferredBackend(networks))).containsExactly(2, 4, 8);
  }

  private List<Integer> rowCounts(Backend backend) {
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, _ -> {})) {
      return pipeline.description().rowCounts();
    }
  }
}
