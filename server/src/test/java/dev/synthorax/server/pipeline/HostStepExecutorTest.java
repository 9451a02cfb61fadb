package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.StepRow;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("MustBeClosed") // closed after each test
final class HostStepExecutorTest {
  private static final int ELEMENTS = 16;
  private static final float[] TEXT = filled(32, 0.25f);
  private static final float[] MASK = filled(512, 1);
  private static final StepCoefficients KEEPS =
      new StepCoefficients(
          500,
          1,
          1,
          -0.5,
          9,
          0.5,
          0,
          0.25,
          List.of(),
          0.1,
          StepCoefficients.History.PREDICTED_IMAGE);
  private static final StepCoefficients READS =
      new StepCoefficients(
          400, 1, 1, -0.5, 9, 0.5, 0, 0.25, List.of(0.125), 0, StepCoefficients.History.NONE);

  private final long mark = NativeHandles.mark();
  private final FakeBackend backend = new FakeBackend();
  private final Device device = backend.devices().getFirst();
  private final DeviceStream stream = backend.openStream(device);
  private final Plan unetPlan = backend.openPlan(PlanRequest.of(Path.of("unet"), device));
  private final Plan controlPlan = backend.openPlan(PlanRequest.of(Path.of("controlnet"), device));
  private final RowContexts unet = new RowContexts(unetPlan, List.of(2, 4, 8));
  private final RowContexts controlNet = new RowContexts(controlPlan, List.of(2, 4, 8));
  private final HostStepExecutor executor =
      new HostStepExecutor(
          backend,
          device,
          new UnetDenoiser(ELEMENTS, stream, unet, controlNet, FakePipelines.RESIDUALS));

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @AfterEach
  void close() {
    assertThat(executor.taken()).isZero();
    executor.close();
    controlNet.close();
    unet.close();
    controlPlan.close();
    unetPlan.close();
    stream.close();
    assertThat(backend.open()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private LatentSlot open(long seed) {
    return executor.open(new ImageStart(seed, null, 0, new Conditioning(TEXT, null, MASK, false)));
  }

  private static float[] latents(LatentSlot slot) {
    return slot.latents().host().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static StepRow first(LatentSlot slot) {
    return new StepRow(slot, KEEPS, 1, true, 3);
  }

  private static StepRow second(LatentSlot slot) {
    return new StepRow(slot, READS, 2, true, 3);
  }

  @Test
  void open_withoutGivenLatents_drawsThemFromTheSeed() {
    float[] drawn = new float[ELEMENTS];
    CounterNoise.normal(7, 0, 0, drawn);

    try (var slot = open(7)) {
      assertThat(latents(slot)).isEqualTo(drawn);
    }
  }

  @Test
  void open_givenLatents_takesTheImagesOwn() {
    float[] given = new float[3 * ELEMENTS];
    given[2 * ELEMENTS] = 5;

    try (var slot = executor.open(new ImageStart(7, given, 2 * ELEMENTS, Conditioning.NONE))) {
      assertThat(latents(slot)).startsWith(5f, 0f).hasSize(ELEMENTS);
    }
  }

  @Test
  void open_imagesOfOneRequest_shareWhatTheyShow() {
    try (var one = open(1);
        var other = open(2)) {
      assertThat(one).isNotSameAs(other);
      assertThat(executor.taken()).as("two states, one text, one mask").isEqualTo(4);
    }
  }

  @Test
  void close_twice_givesTheSlotBackOnce() {
    var slot = open(1);
    slot.close();
    slot.close();

    try (var one = open(2);
        var other = open(3)) {
      executor.step(List.of(first(one), first(other)));
      assertThat(latents(one)).isNotEqualTo(latents(other));
    }
    assertThatThrownBy(slot::latents).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void step_slotsReusedAndInCompany_givesTheBitsOfBeingAlone() {
    var alone = new ArrayList<float[]>();
    for (int seed = 0; seed < 4; seed++) {
      try (var slot = open(seed)) {
        executor.step(List.of(first(slot)));
        executor.step(List.of(second(slot)));
        alone.add(latents(slot));
      }
    }
    var slots = new ArrayList<LatentSlot>();
    for (int seed = 0; seed < 4; seed++) {
      slots.add(open(seed));
    }

    executor.step(slots.stream().map(HostStepExecutorTest::first).toList());
    executor.step(slots.stream().map(HostStepExecutorTest::second).toList());

    for (int seed = 0; seed < 4; seed++) {
      assertThat(latents(slots.get(seed))).as("seed %d", seed).isEqualTo(alone.get(seed));
    }
    slots.forEach(LatentSlot::close);
  }

  @Test
  void open_moreThanAChunk_growsAndKeepsWhatIsThere() {
    var slots = new ArrayList<LatentSlot>();
    for (int seed = 0; seed < 100; seed++) {
      slots.add(open(seed));
    }

    for (int seed = 0; seed < 100; seed++) {
      float[] drawn = new float[ELEMENTS];
      CounterNoise.normal(seed, 0, 0, drawn);
      assertThat(latents(slots.get(seed))).isEqualTo(drawn);
    }
    slots.forEach(LatentSlot::close);
  }
}
