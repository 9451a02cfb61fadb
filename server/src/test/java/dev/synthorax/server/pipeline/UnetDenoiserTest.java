package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("MustBeClosed") // closed after each test
final class UnetDenoiserTest {
  private static final List<Integer> COUNTS = List.of(2, 4, 8);

  private final FakeBackend backend = new FakeBackend();
  private final Device device = backend.devices().getFirst();
  private final DeviceStream stream = backend.openStream(device);
  private final Plan unetPlan = open("unet");
  private final Plan controlPlan = open("controlnet");
  private final RowContexts unet = new RowContexts(unetPlan, COUNTS);
  private final RowContexts controlNet = new RowContexts(controlPlan, COUNTS);
  private final UnetDenoiser denoiser =
      new UnetDenoiser(16, stream, unet, controlNet, FakePipelines.RESIDUALS);

  private Plan open(String graph) {
    return backend.openPlan(PlanRequest.of(Path.of(graph), device));
  }

  @AfterEach
  void close() {
    controlNet.close();
    unet.close();
    controlPlan.close();
    unetPlan.close();
    stream.close();
    assertThat(backend.open()).isZero();
  }

  private static UnetDenoiser.Row row(long seed, boolean text, boolean masked) {
    var random = new SplittableRandom(seed);
    return new UnetDenoiser.Row(
        floats(random, 16),
        1,
        random.nextInt(1000),
        text ? floats(random, 32) : null,
        masked ? floats(random, 512) : null);
  }

  private static MemorySegment floats(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble();
    }
    return MemorySegment.ofArray(values);
  }

  private float[] outputOf(List<UnetDenoiser.Row> rows, int row) {
    float[] all = denoiser.predict(rows).toArray(ValueLayout.JAVA_FLOAT);
    return Arrays.copyOfRange(all, row * 16, (row + 1) * 16);
  }

  @Test
  void predict_someRowsMasked_runsTheControlNetForThoseAlone() {
    denoiser.predict(List.of(row(1, true, false), row(2, true, true), row(3, false, true)));

    assertThat(backend.unetRuns()).containsExactly(4);
    assertThat(backend.controlRuns()).containsExactly(2);
  }

  @Test
  void predict_rowWithoutMaskWhereOneWasBefore_getsZeroResidualsAgain() {
    var plain = row(1, true, false);
    float[] before = outputOf(List.of(plain, row(2, true, false)), 0);

    denoiser.predict(List.of(row(3, true, true), row(4, true, true)));

    assertThat(outputOf(List.of(plain, row(2, true, false)), 0)).isEqualTo(before);
  }

  @Test
  void predict_textThenNone_getsTheZeroEmbeddingAgain() {
    var none = row(1, false, false);
    float[] before = outputOf(List.of(none), 0);

    denoiser.predict(List.of(row(2, true, false)));

    assertThat(outputOf(List.of(none), 0)).isEqualTo(before);
    assertThat(outputOf(List.of(row(1, true, false)), 0)).isNotEqualTo(before);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 20);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void predict_anyMixture_givesEachRowWhatItGetsAlone(long seed) {
    var random = new SplittableRandom(seed);
    for (int batch = 0; batch < 6; batch++) {
      var rows = new ArrayList<UnetDenoiser.Row>();
      for (int i = random.nextInt(1, 9); i > 0; i--) {
        rows.add(row(random.nextLong(), random.nextBoolean(), random.nextBoolean()));
      }
      float[] together = denoiser.predict(rows).toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(outputOf(List.of(rows.get(i)), 0))
            .as("row %d of batch %d", i, batch)
            .isEqualTo(Arrays.copyOfRange(together, i * 16, (i + 1) * 16));
      }
    }
  }
}
