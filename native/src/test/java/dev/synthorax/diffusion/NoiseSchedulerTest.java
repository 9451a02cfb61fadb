package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NoiseSchedulerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STABLE_DIFFUSION =
      "\"beta_start\":0.00085,\"beta_end\":0.012,\"beta_schedule\":\"scaled_linear\"";

  @Test
  void steps_ddimLeadingOffsetOne_matchesGoldenTimesteps() {
    var scheduler = scheduler(NoiseScheduler.Kind.DDIM, "\"steps_offset\":1");

    assertThat(timesteps(scheduler, 20))
        .containsExactly(
            951, 901, 851, 801, 751, 701, 651, 601, 551, 501, 451, 401, 351, 301, 251, 201, 151,
            101, 51, 1);
  }

  @Test
  void steps_ddimTrailing_matchesGoldenTimesteps() {
    var scheduler = scheduler(NoiseScheduler.Kind.DDIM, "\"timestep_spacing\":\"trailing\"");

    assertThat(timesteps(scheduler, 20)).startsWith(999, 949).endsWith(99, 49).hasSize(20);
  }

  @Test
  void steps_dpmSolverLeading_dividesByOneMoreAndDropsLast() {
    var scheduler =
        scheduler(
            NoiseScheduler.Kind.DPM_SOLVER_PP_2M,
            "\"steps_offset\":1,\"timestep_spacing\":\"leading\"");

    assertThat(timesteps(scheduler, 20)).startsWith(941, 894, 847).endsWith(95, 48).hasSize(20);
  }

  @Test
  void steps_dpmSolverWithoutSpacing_takesItsOwnDefaultLinspace() {
    var scheduler = scheduler(NoiseScheduler.Kind.DPM_SOLVER_PP_2M, "\"steps_offset\":1");

    assertThat(timesteps(scheduler, 20)).startsWith(999, 949, 899).endsWith(100, 50).hasSize(20);
  }

  static List<JsonNode> trajectories() throws IOException {
    try (var stream =
        NoiseSchedulerTest.class.getResourceAsStream(
            "/golden/noise-schedulers/trajectories.json")) {
      var cases = new ArrayList<JsonNode>();
      JSON.readTree(stream).path("cases").forEach(cases::add);
      return cases;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trajectories")
  void apply_wholeTrajectory_matchesDiffusers(JsonNode golden) {
    String name = golden.path("name").asText();
    var kind =
        switch (name.substring(0, name.indexOf('-'))) {
          case "ddim" -> NoiseScheduler.Kind.DDIM;
          case "dpm" -> NoiseScheduler.Kind.DPM_SOLVER_PP_2M;
          case "dpmkarras" -> NoiseScheduler.Kind.DPM_SOLVER_PP_2M_KARRAS;
          case "euler" -> NoiseScheduler.Kind.EULER;
          case "ancestral" -> NoiseScheduler.Kind.EULER_ANCESTRAL;
          case "unipc" -> NoiseScheduler.Kind.UNIPC;
          case "lcm" -> NoiseScheduler.Kind.LCM;
          default -> NoiseScheduler.Kind.PNDM;
        };
    var scheduler =
        NoiseScheduler.of(kind, NoiseSchedulerConfig.parse(golden.path("config").asText()));
    int count = golden.path("steps").asInt();
    float[] x = floats(golden.path("start"));
    List<StepCoefficients> steps;
    @Nullable ImageRoute route = null;
    float[] noise = x.clone();
    float[] image = floats(golden.path("image"));
    if (golden.has("strength")) {
      double strength = golden.path("strength").asDouble();
      route = scheduler.fromImage(count, NoiseScheduler.skipped(count, strength));
      steps = route.steps();
      boolean noiseAlone = golden.has("redrawn") && strength == 1;
      mix(image, x, noiseAlone ? new NoiseLevel(0, route.noiseAlone()) : route.start());
      assertThat(x).containsExactly(floats(golden.path("mixed")), within(2e-5f));
    } else {
      steps = scheduler.steps(count);
    }
    int remembered = steps.stream().mapToInt(step -> step.c().size()).max().orElseThrow();
    float[] history = new float[remembered * x.length];
    assertThat(steps).hasSize(golden.path("timesteps").size());

    for (int i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      assertThat(step.timestep())
          .isCloseTo((float) golden.path("timesteps").path(i).asDouble(), within(2e-4f));
      double largest = 0;
      float[] output = new float[x.length];
      for (int j = 0; j < x.length; j++) {
        largest = Math.max(largest, Math.abs(x[j] * step.a()));
        double seen = step.inputScale() * x[j];
        output[j] =
            (float) (0.45 * seen + 0.25 * Math.tanh(2 * seen) - 0.1 * step.timestep() / 1000);
      }
      StepUpdate.apply(
          step,
          MemorySegment.ofArray(x),
          MemorySegment.ofArray(output),
          new StepUpdate.Rows(0, 0, 1),
          MemorySegment.ofArray(history),
          floats(golden.path("noise").path(i)));

      if (route != null && golden.has("redrawn")) {
        restore(x, image, noise, floats(golden.path("redrawn")), route.after(i + 1));
      }
      float[] expected = floats(golden.path("trajectory").path(i));
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < x.length; j++) {
        assertThat(x[j])
            .as("%s step %d element %d", name, i, j)
            .isCloseTo(expected[j], within((float) (2e-5 * largest)));
      }
    }
  }

  private static void restore(
      float[] x, float[] image, float[] noise, float[] redrawn, NoiseLevel level) {
    for (int j = 0; j < x.length; j++) {
      if (redrawn[j] == 0) {
        x[j] = (float) (level.image() * image[j] + level.noise() * noise[j]);
      }
    }
  }

  private static void mix(float[] image, float[] noise, NoiseLevel level) {
    for (int j = 0; j < image.length; j++) {
      noise[j] = (float) (level.image() * image[j] + level.noise() * noise[j]);
    }
  }

  @Test
  void fromImage_pndmWithFewerSteps_warmsUpAnewWhereItStarts() {
    var route = scheduler(NoiseScheduler.Kind.PNDM, "\"steps_offset\":1").fromImage(10, 7);

    assertThat(route.steps())
        .extracting(step -> (int) step.timestep())
        .containsExactly(201, 101, 101, 1);
    assertThat(route.start().noise()).isCloseTo(0.4979, within(1e-3));
  }

  @Test
  void fromImage_everyScheduler_takesTheLastStepsWithoutHistoryBefore() {
    for (var kind : NoiseScheduler.Kind.values()) {
      var scheduler = scheduler(kind, "");

      var route = scheduler.fromImage(8, NoiseScheduler.skipped(8, 0.5));

      assertThat(route.steps().getFirst().c()).as("%s", kind).isEmpty();
      assertThat(route.steps()).hasSize(kind == NoiseScheduler.Kind.PNDM ? 5 : 4);
      assertThat(route.steps().getLast()).isEqualTo(scheduler.steps(8).getLast());
      assertThatThrownBy(() -> scheduler.fromImage(8, 8)).hasMessageContaining("0 to 7");
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 0.7, 3", "50, 0.3, 35", "20, 1.0, 0", "5, 0.1, 5", "3, 0.34, 2"})
  void skipped_strength_leavesItsShareRoundedDown(int steps, double strength, int skipped) {
    assertThat(NoiseScheduler.skipped(steps, strength)).isEqualTo(skipped);
  }

  @Test
  void steps_latentConsistency_matchGoldenTimestepsAndDrawNoiseButInTheLast() {
    var scheduler = NoiseScheduler.of(NoiseScheduler.Kind.LCM, parse("{}"));

    assertThat(timesteps(scheduler, 4)).containsExactly(999, 759, 499, 259);
    assertThat(timesteps(scheduler, 8)).containsExactly(999, 879, 759, 639, 499, 379, 259, 139);
    assertThat(scheduler.steps(4))
        .extracting(step -> step.d() > 0)
        .containsExactly(true, true, true, false);
  }

  @Test
  void alphaCumprod_stableDiffusion_matchesDiffusers() {
    var schedule = NoiseSchedule.of(config(""));

    assertThat(schedule.alphaCumprod(0)).isCloseTo(0.9991499781608582, within(1e-7));
    assertThat(schedule.alphaCumprod(500)).isCloseTo(0.27633246779441833, within(1e-6));
    assertThat(schedule.alphaCumprod(999)).isCloseTo(0.00466009508818388, within(1e-8));
    assertThat(schedule.sigma(0)).isCloseTo(0.0291675, within(1e-6));
    assertThat(schedule.sigma(999)).isCloseTo(14.6146555, within(1e-4));
  }

  @Test
  void alphaCumprod_linearAndCosine_matchDiffusers() {
    var linear = NoiseSchedule.of(parse("{}"));
    var cosine = NoiseSchedule.of(parse("{\"beta_schedule\":\"squaredcos_cap_v2\"}"));

    assertThat(linear.alphaCumprod(500)).isCloseTo(0.07779665291309357, within(1e-6));
    assertThat(linear.alphaCumprod(999)).isCloseTo(4.035830352222547e-05, within(1e-9));
    assertThat(cosine.alphaCumprod(500)).isCloseTo(0.4922850430011749, within(1e-6));
    assertThat(cosine.alphaCumprod(999)).isCloseTo(2.4287349909002387e-09, within(1e-14));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1000, 10_000})
  void steps_outOfRange_refuses(int count) {
    var scheduler = scheduler(NoiseScheduler.Kind.DDIM, "\"steps_offset\":1");

    assertThatThrownBy(() -> scheduler.steps(count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(count + " steps (expected: 1 to 999)");
  }

  @Test
  void steps_everyCountInRange_staysInsideTheScheduleAndDescends() {
    for (var kind : NoiseScheduler.Kind.values()) {
      for (String spacing : List.of("leading", "linspace", "trailing")) {
        var scheduler =
            scheduler(kind, "\"steps_offset\":1,\"timestep_spacing\":\"" + spacing + "\"");
        // rounded, the many small steps of Karras et al. at the end fall on one time step
        boolean distinct = kind != NoiseScheduler.Kind.DPM_SOLVER_PP_2M_KARRAS;
        int most = distinct ? scheduler.maxInferenceSteps() : 20;
        for (int count = 1; count <= most; count++) {
          int[] timesteps = IntStream.of(timesteps(scheduler, count)).distinct().toArray();
          assertThat(timesteps).as("%s %s %d", kind, spacing, count).hasSize(count);
          assertThat(timesteps[0]).isLessThan(1000);
          assertThat(timesteps[count - 1]).isNotNegative();
          assertThat(IntStream.range(1, count).allMatch(i -> timesteps[i] < timesteps[i - 1]))
              .isTrue();
        }
      }
    }
  }

  @Test
  void steps_eulerAncestralOfAnEulerFile_leavesWhatItsClassDoesNotKnow() {
    var plain = config("");
    var euler = config("\"use_karras_sigmas\":true,\"final_sigmas_type\":\"sigma_min\"");

    assertThat(NoiseScheduler.of(NoiseScheduler.Kind.EULER_ANCESTRAL, euler).steps(5))
        .isEqualTo(NoiseScheduler.of(NoiseScheduler.Kind.EULER_ANCESTRAL, plain).steps(5));
  }

  @Test
  void of_karrasByName_isTheSameAsByTheFile() {
    var file =
        NoiseScheduler.of(
            NoiseScheduler.Kind.DPM_SOLVER_PP_2M, config("\"use_karras_sigmas\":true"));

    assertThat(scheduler(NoiseScheduler.Kind.DPM_SOLVER_PP_2M_KARRAS, "").steps(9))
        .isEqualTo(file.steps(9));
  }

  private static NoiseScheduler scheduler(NoiseScheduler.Kind kind, String extra) {
    return NoiseScheduler.of(kind, config(extra));
  }

  private static NoiseSchedulerConfig config(String extra) {
    return parse("{" + STABLE_DIFFUSION + (extra.isEmpty() ? "" : ",") + extra + "}");
  }

  private static NoiseSchedulerConfig parse(String json) {
    return NoiseSchedulerConfig.parse(json);
  }

  private static int[] timesteps(NoiseScheduler scheduler, int count) {
    return scheduler.steps(count).stream().mapToInt(step -> (int) step.timestep()).toArray();
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.path(i).asDouble();
    }
    return values;
  }
}
