package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forecasts beside what the step loop then does, on a clock that only its steps move. */
final class ForecastTest {
  private static final long FULL_STEP = FakeExecutor.stepNanos(8, 8);

  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final Recorder recorder = new Recorder();
  private final StepCost cost = FakeExecutor.exactCost(0);
  private final Forecast forecast =
      new Forecast("forecast", FakeExecutor.COUNTS, cost, clock::nanos, failure -> {});
  private final AdmissionQueue queue =
      new AdmissionQueue(
          20_000,
          new ByteBudget(1L << 40),
          new Forecasts(List.of(forecast)),
          clock::nanos,
          new SplittableRandom(1));
  private final StepBatcher batcher =
      new StepBatcher("denoise", 20_000, executor, cost, clock::nanos, failure -> {});

  @AfterEach
  void close() {
    batcher.close();
    forecast.close();
  }

  /** Admits and submits; the time it was promised, or null where it was refused. */
  private Admission admit(List<Trajectory> request) {
    Admission admission = queue.admit(request, 1);
    if (admission instanceof Admission.Queued) {
      request.forEach(batcher::submit);
    }
    return admission;
  }

  private List<Trajectory> request(Spec spec, int count) {
    var images = new ArrayList<Trajectory>();
    var share = new RequestShare("");
    for (int i = 0; i < count; i++) {
      images.add(TestTrajectories.create(spec, share, clock.nanos, executor, recorder));
    }
    return images;
  }

  private void step() {
    int before = recorder.denoised.size();
    batcher.cycle();
    recorder.denoised.subList(before, recorder.denoised.size()).forEach(queue::release);
  }

  private long played(List<Trajectory> request) {
    long startNanos = clock.nanos;
    while (!recorder.latents.keySet().containsAll(request)) {
      step();
    }
    return clock.nanos - startNanos;
  }

  private Spec spec(SplittableRandom random, PriorityClass priority, long patienceNanos) {
    return new Spec(
        NoiseScheduler.Kind.DDIM,
        random.nextInt(10) == 0 ? 50 : random.nextInt(1, 12),
        random.nextInt(4) == 0 ? 1 : 4,
        random.nextBoolean(),
        random.nextLong(1000),
        priority,
        random.nextInt(3) == 0 ? clock.nanos + patienceNanos : null);
  }

  private static PriorityClass priority(SplittableRandom random) {
    var priorities = PriorityClass.values();
    return priorities[random.nextInt(priorities.length)];
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 20);
  }

  /** Few wait: every answer is played forward. Steps, rows, masks, classes, deadlines are mixed. */
  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void admit_fewWait_promisesWhatTheLoopThenDoes(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = random.nextInt(16); i > 0; i--) {
      admit(request(spec(random, priority(random), 40_000_000_000L), random.nextInt(1, 5)));
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        step();
      }
    }
    var watched = request(spec(random, priority(random), 40_000_000_000L), random.nextInt(1, 9));
    var promised = (Admission.Queued) admit(watched);

    long actual = played(watched);

    assertThat(promised.eta().toNanos())
        .as("but for whose turn it is within a round")
        .isCloseTo(actual, within(actual / 20 + 2 * FULL_STEP));
  }

  /** Many wait: the answer is read from a timeline that is a little old. */
  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void admit_manyWait_promisesWhatTheLoopThenDoes(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 300; i++) {
      admit(request(spec(random, priority(random), 900_000_000_000L), 1));
    }
    forecast.play();
    for (int i = 0; i < 20; i++) {
      step();
      admit(request(spec(random, priority(random), 900_000_000_000L), 1));
    }
    var watched = request(spec(random, PriorityClass.NORMAL, 900_000_000_000L), 4);
    var promised = (Admission.Queued) admit(watched);

    long actual = played(watched);

    assertThat(promised.eta().toNanos()).isCloseTo(actual, within(actual / 10 + 5 * FULL_STEP));
  }

  /** Of each of many that wait, not of a newcomer alone. */
  @Test
  void eta_manyWait_isThatOfEqualShares() {
    var brief = new ArrayList<Trajectory>();
    var lengthy = new ArrayList<Trajectory>();
    for (int i = 0; i < 50; i++) {
      brief.addAll(request(Spec.of(12, i), 1));
      lengthy.addAll(request(Spec.of(40, i), 1));
    }
    brief.forEach(image -> admit(List.of(image)));
    lengthy.forEach(image -> admit(List.of(image)));
    forecast.play();
    long briefNanos = forecast.eta(brief).toNanos();
    long allNanos = forecast.eta(lengthy).toNanos();

    long briefActual = played(brief);
    long allActual = briefActual + played(lengthy);

    assertThat(briefNanos).isCloseTo(briefActual, within(briefActual / 10));
    assertThat(allNanos).isCloseTo(allActual, within(allActual / 10));
  }

  @Test
  void eta_asStepsGoOn_followsThem() {
    var watched = request(Spec.of(20, 1), 2);
    admit(watched);
    admit(request(Spec.of(50, 2), 2));
    for (int i = 0; i < 5; i++) {
      step();
    }

    assertThat(forecast.eta(watched).toNanos()).isEqualTo(15 * FakeExecutor.stepNanos(8, 0));
  }

  @Test
  void eta_imageIsDecoded_isNow() {
    var watched = request(Spec.of(1, 1), 1);
    admit(watched);
    step();

    assertThat(forecast.eta(watched)).isZero();
    assertThat(forecast.waiting()).isZero();
  }

  @Test
  void admit_decoderIsTheSlowOne_waitsForIt() {
    var slow =
        new Forecast(
            "slow", FakeExecutor.COUNTS, FakeExecutor.exactCost(1e9), clock::nanos, failure -> {});
    var queue =
        new AdmissionQueue(
            100,
            new ByteBudget(100),
            new Forecasts(List.of(slow)),
            clock::nanos,
            new SplittableRandom(1));

    var promised = (Admission.Queued) queue.admit(request(Spec.of(1, 1), 4), 1);
    var behind = (Admission.Queued) queue.admit(request(Spec.of(1, 1), 4), 1);

    assertThat(promised.eta().toNanos()).isBetween(4_000_000_000L, 4_100_000_000L);
    assertThat(behind.eta().toNanos()).isBetween(8_000_000_000L, 8_100_000_000L);
    slow.close();
  }
}
