package dev.synthorax.client.augment.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.transform.SeedStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PlanPromptsTest {
  @Test
  void prompt_defaultWords_areJoinedAsAPersonWould() {
    assertThat(PlanPrompts.DEFAULT.prompt(List.of("edema"), SeedStream.of(1)))
        .isEqualTo("pulmonary edema");
    assertThat(
            PlanPrompts.DEFAULT.prompt(
                List.of("cardiomegaly", "edema", "pleural_effusion"), SeedStream.of(1)))
        .isEqualTo("cardiomegaly, pulmonary edema and pleural effusion");
  }

  @Test
  void prompt_severalPhrases_areAllDrawn() {
    PlanPrompts prompts = new PlanPrompts(Map.of("edema", List.of("edema", "wet lungs")));
    Set<String> seen = new TreeSet<>();

    for (long seed = 0; seed < 20; seed++) {
      seen.add(prompts.prompt(List.of("edema"), SeedStream.of(seed)));
    }

    assertThat(seen).containsExactly("edema", "wet lungs");
  }
}
