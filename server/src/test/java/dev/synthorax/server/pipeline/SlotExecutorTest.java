package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.HostRowOperations;
import dev.synthorax.diffusion.NoiseLevel;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.NoiseScheduler.Kind;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.StepCoefficients;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.StepRow;
import dev.synthorax.server.scheduler.StepRun;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same on the processor and on a device that runs nothing before it is waited for. */
@ParameterizedClass(name = "{0}")
@EnumSource
@SuppressWarnings("MustBeClosed") // closed after each test
final class SlotExecutorTest {
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

  private static final List<Integer> COUNTS = List.of(2, 4, 8);
  private static final int MOST_IMAGES = 100;

  private final long mark = NativeHandles.mark();
  private final FakeBackend networks = new FakeBackend();
  private final Backend backend;
  private final Device device;
  private final DeviceLane lane;
  private final RowOperations operations;
  private final Plan unetPlan;
  private final Plan controlPlan;
  private final RowContexts unet;
  private final RowContexts controlNet;
  private final SlotExecutor executor;

  SlotExecutorTest(Where where) {
    backend = where.backend(networks);
    device = backend.devices().getFirst();
    lane = new DeviceLane(backend, device);
    operations =
        where == Where.PROCESSOR
            ? HostRowOperations.open(device)
            : backend.openRowOperations(device);
    unetPlan = backend.openPlan(PlanRequest.of(Path.of("unet"), device));
    controlPlan = backend.openPlan(PlanRequest.of(Path.of("controlnet"), device));
    unet = new RowContexts(unetPlan, COUNTS);
    controlNet = new RowContexts(controlPlan, COUNTS);
    executor = executor(MOST_IMAGES);
  }

  private SlotExecutor executor(int mostImages) {
    var denoiser =
        new UnetDenoiser(operations, lane.stream(), unet, controlNet, FakePipelines.RESIDUALS);
    return new SlotExecutor(backend, lane, operations, denoiser, mostImages);
  }

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
    operations.close();
    lane.close();
    assertThat(networks.open()).isZero();
    assertThat(NativeHandles.leaksSince(mark)).isEmpty();
  }

  private LatentSlot open(long seed) {
    return executor.open(
        new ImageStart(seed, null, 0, 1, new Conditioning(TEXT, null, MASK, false, null), null));
  }

  private LatentSlot openPlain(long seed) {
    return executor.open(
        new ImageStart(seed, null, 0, 1, new Conditioning(TEXT, null, null, false, null), null));
  }

  private float[] latents(LatentSlot slot) {
    return lane.read(slot.latents()).toArray(ValueLayout.JAVA_FLOAT);
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

    try (var slot =
        executor.open(new ImageStart(7, given, 2 * ELEMENTS, 0, Conditioning.NONE, null))) {
      assertThat(latents(slot)).startsWith(5f, 0f).hasSize(ELEMENTS);
    }
  }

  @Test
  void open_fromAnImage_mixesItWithTheSeedsNoise() {
    float[] image = new float[ELEMENTS];
    Arrays.fill(image, 2);
    float[] noise = new float[ELEMENTS];
    CounterNoise.normal(7, 0, 0, noise);
    var conditioning = new Conditioning(TEXT, null, null, false, image);
    var route = NoiseScheduler.of(Kind.DDIM, NoiseSchedulerConfig.parse("{}")).fromImage(5, 2);
    var origin = new ImageStart.Origin(new NoiseLevel(0.6, 0.8), route, null);

    try (var slot = executor.open(new ImageStart(7, null, 0, 0, conditioning, origin))) {
      float[] latents = latents(slot);
      for (int i = 0; i < ELEMENTS; i++) {
        assertThat(latents[i]).isEqualTo(0.6f * 2 + 0.8f * noise[i]);
      }
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

    executor.step(slots.stream().map(SlotExecutorTest::first).toList());
    executor.step(slots.stream().map(SlotExecutorTest::second).toList());

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

  @Test
  void close_whileItsStepIsUnderWay_leavesTheNextTakerAlone() {
    float[] expected;
    try (var alone = open(8)) {
      executor.step(List.of(first(alone))).await();
      expected = latents(alone);
    }
    var cancelled = open(7);
    var company = open(9);
    StepRun under = executor.step(List.of(first(cancelled), first(company)));
    cancelled.close();
    company.close();

    try (var next = open(8)) {
      StepRun run = executor.step(List.of(first(next)));
      under.await();
      run.await();

      assertThat(latents(next)).isEqualTo(expected);
    }
  }

  @Test
  void step_failsAtAnyCall_leavesTheNextImagesWhatTheyGetAlone() {
    float[] expected;
    try (var alone = openPlain(8)) {
      executor.step(List.of(first(alone))).await();
      expected = latents(alone);
    }
    for (int at = 1; at <= 6; at++) {
      try (var masked = open(7);
          var broken = openPlain(6)) {
        executor.step(List.of(first(masked))).await();
        failAtCall(at);
        StepRun run = begin(first(broken));
        try {
          run.await();
        } catch (InferenceException failed) {
          assertThat(failed).hasMessage("call " + at);
        }
        networks.onCall(() -> {});
      }

      try (var next = openPlain(8)) {
        executor.step(List.of(first(next))).await();

        assertThat(latents(next)).as("after a failure at call %d", at).isEqualTo(expected);
      }
    }
  }

  private void failAtCall(int at) {
    var calls = new AtomicInteger();
    networks.onCall(
        () -> {
          if (calls.incrementAndGet() == at) {
            throw new InferenceException(ErrorReason.BACKEND_FAILURE, "call " + at);
          }
        });
  }

  @Test
  void open_pieceOfAnotherImage_startsWithoutItsHistory() {
    float[] expected;
    try (var fresh = openPlain(8)) {
      executor.step(List.of(second(fresh))).await();
      expected = latents(fresh);
      executor.step(List.of(first(fresh))).await();
    }

    try (var next = openPlain(8)) {
      executor.step(List.of(second(next))).await();

      assertThat(latents(next)).isEqualTo(expected);
    }
  }

  @Test
  void step_enqueuedBehindOneThatFails_failsToo() {
    try (var broken = open(7);
        var behind = openPlain(8)) {
      networks.fail(true);
      StepRun first = begin(first(broken));
      StepRun second = begin(first(behind));
      assertThatThrownBy(first::await).isInstanceOf(InferenceException.class);
      networks.fail(false);

      assertThatThrownBy(second::await).isInstanceOf(InferenceException.class);
      executor.step(List.of(second(behind))).await();
    }
  }

  /** A step that fails when it is awaited, wherever it fails. */
  private StepRun begin(StepRow row) {
    try {
      return executor.step(List.of(row));
    } catch (InferenceException atOnce) {
      return () -> {
        throw atOnce;
      };
    }
  }
}
