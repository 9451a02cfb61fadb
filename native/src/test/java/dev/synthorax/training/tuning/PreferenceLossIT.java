package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.tuning.PreferencePair.Scores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PreferenceLossIT {
  static List<JsonNode> cases() throws IOException {
    try (var stream =
        PreferenceLossIT.class.getResourceAsStream("/golden/preference-loss/losses.json")) {
      var cases = new ArrayList<JsonNode>();
      new ObjectMapper().readTree(stream).path("cases").forEach(cases::add);
      return cases;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void of_ratedPairs_matchesNumPy(JsonNode golden) {
    var settings =
        new PreferenceSettings(
            1,
            1,
            1,
            1e-3,
            0,
            List.of("unet"),
            golden.path("beta").asDouble(),
            golden.path("weighted").asBoolean());
    int count = golden.path("text").size();
    var pairs = new ArrayList<PreferencePair>();
    float[] first = new float[count];
    float[] second = new float[count];
    for (int i = 0; i < count; i++) {
      pairs.add(
          new PreferencePair(
              2 * i,
              2 * i + 1,
              scores(golden.path("text").path(i)),
              scores(golden.path("mask").path(i))));
      first[i] = (float) golden.path("gained").path(i).path(0).asDouble();
      second[i] = (float) golden.path("gained").path(i).path(1).asDouble();
    }
    double expected = golden.path("loss").asDouble();

    try (PointerScope _ = new PointerScope()) {
      Tensor loss =
          PreferenceLoss.of(
              pairs,
              settings,
              TorchTensors.floats(first, count),
              TorchTensors.floats(second, count));

      assertThat(loss.item_double()).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  private static @Nullable Scores scores(JsonNode both) {
    return both.isNull() || both.path(0).asDouble() == both.path(1).asDouble()
        ? null
        : new Scores(both.path(0).asDouble(), both.path(1).asDouble());
  }
}
