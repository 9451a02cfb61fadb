package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import dev.synthorax.engine.cuda.StandInBackend;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.NoiseScheduler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From request to PNG on a device whose driver is a fake, beside the processor. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@Timeout(300)
final class FakeGpuGenerationIT {
  private static final int CALLERS = 12;

  @TempDir private static Path folder;

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the server closes it
  private static TinyServer device() throws IOException {
    return TinyServer.start(StandInBackend.open(), folder);
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the server closes it
  private static TinyServer processor() throws IOException {
    return TinyServer.start(Backends.open("onnxruntime-cpu"), folder);
  }

  private static List<GenerationSpec> specs(int count) {
    var random = new SplittableRandom(23);
    var specs = new ArrayList<GenerationSpec>();
    for (int i = 0; i < count; i++) {
      var spec =
          GenerationSpec.newBuilder()
              .setSeed(random.nextLong(1000))
              .setNumInferenceSteps(random.nextInt(1, 12))
              .setGuidanceScale(random.nextInt(5))
              .setCount(random.nextInt(1, 5))
              .setNoiseScheduler(
                  List.of(
                          NoiseScheduler.NOISE_SCHEDULER_DDIM,
                          NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M,
                          NoiseScheduler.NOISE_SCHEDULER_EULER)
                      .get(random.nextInt(3)));
      if (random.nextBoolean()) {
        spec.setPrompt("large right pleural effusion " + random.nextInt(20));
      }
      if (random.nextBoolean()) {
        spec.addMasks(TinyServer.mask(random.nextBoolean() ? "heart" : "lungs"));
      }
      specs.add(spec.build());
    }
    return specs;
  }

  private static List<List<byte[]>> together(TinyServer server, List<GenerationSpec> specs)
      throws Exception {
    var calls =
        specs.stream().<Callable<List<byte[]>>>map(spec -> () -> server.generate(spec)).toList();
    var images = new ArrayList<List<byte[]>>();
    try (var threads = Executors.newFixedThreadPool(CALLERS)) {
      for (Future<List<byte[]>> answer : threads.invokeAll(calls)) {
        images.add(answer.get());
      }
    }
    return images;
  }

  /** Asks for four images and leaves after the first event. */
  private static ServerFixture.EventLog leave(TinyServer server, GenerationSpec spec)
      throws InterruptedException {
    var events = server.stream(spec.toBuilder().setCount(4).build());
    var _ = events.next();
    events.cancel();
    return events;
  }

  private static void assertSame(
      List<GenerationSpec> specs, List<List<byte[]>> images, List<List<byte[]>> expected) {
    for (int i = 0; i < specs.size(); i++) {
      for (int image = 0; image < expected.get(i).size(); image++) {
        byte[] pixels = images.get(i).get(image);
        byte[] wanted = expected.get(i).get(image);
        assertThat(pixels).hasSameSizeAs(wanted);
        int farthest = 0;
        for (int p = 0; p < wanted.length; p++) {
          farthest = Math.max(farthest, Math.abs((pixels[p] & 0xFF) - (wanted[p] & 0xFF)));
        }
        assertThat(farthest).as("grey levels, image %d of %s", image, specs.get(i)).isLessThan(2);
      }
    }
  }

  @Test
  void generate_hundredsOfImagesAndCancels_haveTheProcessorsPixels(FakeDriver fake)
      throws Exception {
    List<GenerationSpec> specs = specs(100);
    List<List<byte[]>> expected;
    try (TinyServer server = processor()) {
      expected = together(server, specs);
    }
    List<List<byte[]>> images;

    try (TinyServer server = device()) {
      assertThat(server.model().reason()).isEmpty();
      try (var leavers = Executors.newFixedThreadPool(2)) {
        var left = new ArrayList<Future<?>>();
        for (GenerationSpec spec : specs.subList(0, 30)) {
          left.add(leavers.submit(() -> leave(server, spec)));
        }
        images = together(server, specs);
        for (Future<?> leaver : left) {
          leaver.get();
        }
      }
    }

    assertThat(fake.calls().get("cuLaunchKernel")).isGreaterThan(1000);
    assertThat(expected.stream().mapToInt(List::size).sum()).isGreaterThan(200);
    assertSame(specs, images, expected);
  }

  @Test
  void generate_twoDevices_spreadsTheImages(FakeDriver fake) throws Exception {
    fake.setDevices(2);
    List<GenerationSpec> specs = specs(24);
    List<List<byte[]>> expected;
    try (TinyServer server = processor()) {
      expected = together(server, specs);
    }

    try (TinyServer server = device()) {
      int first = fake.pieces(0);
      int second = fake.pieces(1);
      List<List<byte[]>> images = together(server, specs);

      assertSame(specs, images, expected);
      double share = (double) (fake.pieces(0) - first) / (fake.pieces(1) - second);
      assertThat(share).as("work of one device beside the other's").isBetween(0.3, 3.0);
    }
  }
}
