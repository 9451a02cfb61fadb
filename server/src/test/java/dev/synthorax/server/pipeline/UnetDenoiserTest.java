package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.HostRowOperations;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
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
  private final RowOperations operations = HostRowOperations.open(device);
  private final DeviceMemory memory = backend.openMemory(device, 1 << 22);
  private long used;
  private final Plan unetPlan = open("unet");
  private final Plan controlPlan = open("controlnet");
  private final RowContexts unet = new RowContexts(unetPlan, COUNTS);
  private final RowContexts controlNet = new RowContexts(controlPlan, COUNTS);
  private final UnetDenoiser denoiser =
      new UnetDenoiser(operations, stream, unet, controlNet, FakePipelines.RESIDUALS);

  private Plan open(String graph) {
    return backend.openPlan(PlanRequest.of(Path.of(graph), device));
  }

  @AfterEach
  void close() {
    controlNet.close();
    unet.close();
    controlPlan.close();
    unetPlan.close();
    memory.close();
    operations.close();
    stream.close();
    assertThat(backend.open()).isZero();
  }

  private RowOperations.Row row(long seed, boolean text, boolean masked) {
    var random = new SplittableRandom(seed);
    return new RowOperations.Row(
        floats(random, 16),
        1,
        random.nextInt(1000),
        text ? floats(random, 32) : null,
        masked ? floats(random, 512) : null);
  }

  private DeviceBuffer floats(SplittableRandom random, int count) {
    DeviceBuffer buffer = memory.buffer().slice(used, (long) count * Float.BYTES);
    used += buffer.byteSize();
    for (int i = 0; i < count; i++) {
      buffer.host().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble());
    }
    return buffer;
  }

  private float[] predict(List<RowOperations.Row> rows) {
    return denoiser.predict(rows).buffer().host().toArray(ValueLayout.JAVA_FLOAT);
  }

  private float[] outputOf(List<RowOperations.Row> rows, int row) {
    float[] all = predict(rows);
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
  void predict_afterAFailure_givesRowsWithoutMaskZeroResiduals() {
    var plain = row(1, true, false);
    float[] before = outputOf(List.of(plain), 0);
    denoiser.predict(List.of(row(3, true, true), row(4, true, true)));
    unet.atLeast(2).buffer("mid_block_residual").host().fill((byte) 64); // what a failure left

    denoiser.forgetResiduals();

    assertThat(outputOf(List.of(plain), 0)).isEqualTo(before);
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
      var rows = new ArrayList<RowOperations.Row>();
      for (int i = random.nextInt(1, 9); i > 0; i--) {
        rows.add(row(random.nextLong(), random.nextBoolean(), random.nextBoolean()));
      }
      float[] together = predict(rows);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(outputOf(List.of(rows.get(i)), 0))
            .as("row %d of batch %d", i, batch)
            .isEqualTo(Arrays.copyOfRange(together, i * 16, (i + 1) * 16));
      }
    }
  }
}
