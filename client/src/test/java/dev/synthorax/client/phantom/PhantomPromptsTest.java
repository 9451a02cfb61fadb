package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhantomPromptsTest {
  private static final Set<Finding> SHOWN =
      EnumSet.complementOf(EnumSet.of(Finding.PNEUMONIA, Finding.RIB_FRACTURE));
  private static final int SEEDS = 6000;
  private static final Map<Finding, List<String>> WORDS = new EnumMap<>(Finding.class);

  static {
    WORDS.put(Finding.NORMAL, List.of("normal", "no acute"));
    WORDS.put(Finding.CARDIOMEGALY, List.of("cardiomegaly", "enlarged"));
    WORDS.put(Finding.PLEURAL_EFFUSION, List.of("effusion"));
    WORDS.put(Finding.PNEUMOTHORAX, List.of("pneumothorax"));
    WORDS.put(Finding.CONSOLIDATION, List.of("consolidation", "pneumonia"));
    WORDS.put(Finding.EDEMA, List.of("edema"));
    WORDS.put(Finding.ATELECTASIS, List.of("atelectasis", "collapse"));
  }

  private static String prompt(long seed, Pathology pathology) {
    return PhantomPrompts.describe(pathology, Draw.of(seed, Draw.Purpose.PROMPT));
  }

  @Test
  void describe_anyPathology_namesItsFindingsAndNoOther() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Pathology pathology = Pathology.of(seed, Set.of());
      String prompt = prompt(seed, pathology);

      for (Finding finding : SHOWN) {
        boolean named = WORDS.getOrDefault(finding, List.of()).stream().anyMatch(prompt::contains);
        assertThat(named)
            .as("%s in '%s', seed %d", finding, prompt, seed)
            .isEqualTo(pathology.findings().contains(finding));
      }
    }
  }

  @Test
  void describe_sideOrSizeNamed_isTheLesions() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Pathology pathology = Pathology.of(seed, Set.of());
      Set<String> words = new HashSet<>(List.of(prompt(seed, pathology).split("[ ,]+")));

      for (String side : List.of("left", "right", "bilateral")) {
        if (words.contains(side)) {
          assertThat(pathology.lesions())
              .as("seed %d", seed)
              .anyMatch(l -> l.side().word().equals(side));
        }
      }
      for (Severity severity : Severity.values()) {
        if (words.contains(severity.word())) {
          assertThat(pathology.lesions())
              .as("seed %d", seed)
              .anyMatch(l -> l.severity() == severity);
        }
      }
    }
  }

  @Test
  void of_defaultPrior_isAQuarterNormalAndATenthDouble() {
    Map<Finding, Integer> counts = new EnumMap<>(Finding.class);
    int two = 0;
    int bare = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Pathology pathology = Pathology.of(seed, Set.of());
      pathology.findings().forEach(finding -> counts.merge(finding, 1, Integer::sum));
      two += pathology.lesions().size() > 1 ? 1 : 0;
      bare += pathology.lesions().size() == 1 && isBare(prompt(seed, pathology)) ? 1 : 0;
    }

    assertThat(counts.getOrDefault(Finding.NORMAL, 0) / (double) SEEDS).isBetween(0.23, 0.27);
    assertThat(two / (double) SEEDS).isBetween(0.08, 0.12);
    assertThat(bare / (0.65 * SEEDS)).isBetween(0.29, 0.4);
    for (Finding finding : SHOWN) {
      assertThat(counts.getOrDefault(finding, 0) / (double) SEEDS)
          .as(finding.wireName())
          .isBetween(0.1, 0.27);
    }
  }

  private static boolean isBare(String prompt) {
    return Set.of(
            "cardiomegaly",
            "enlarged heart",
            "enlarged cardiac silhouette",
            "pleural effusion",
            "effusion",
            "pneumothorax",
            "consolidation",
            "pneumonia",
            "airspace consolidation",
            "pulmonary edema",
            "edema",
            "atelectasis")
        .contains(prompt);
  }

  @Test
  void wordings_cover_everySinglePrompt() {
    Set<String> wordings = new HashSet<>(Phantoms.wordings());
    for (long seed = 0; seed < SEEDS; seed++) {
      Pathology pathology = Pathology.of(seed, Set.of());
      if (pathology.lesions().size() < 2) {
        assertThat(wordings).as("seed %d", seed).contains(prompt(seed, pathology));
      }
    }
  }

  @Test
  void of_allowedFindings_choosesAmongThemAlone() {
    Set<Finding> allowed = Set.of(Finding.EDEMA, Finding.PNEUMOTHORAX);
    Set<Finding> seen = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      seen.addAll(Pathology.of(seed, allowed).findings());
    }

    assertThat(seen).isEqualTo(allowed);
  }

  @Test
  void seedRanges_areTheReservedOnesAndDisjoint() {
    assertThat(SeedRange.GENERATOR.contains(0) && SeedRange.GENERATOR.contains(999_999)).isTrue();
    assertThat(SeedRange.JUDGE.first()).isEqualTo(SeedRange.GENERATOR.last() + 1);
    assertThat(SeedRange.TEST.first()).isEqualTo(SeedRange.JUDGE.last() + 1);
    assertThat(SeedRange.TEST.last()).isEqualTo(2_999_999);
    assertThat(SeedRange.TEST.contains(1_999_999)).isFalse();
  }
}
