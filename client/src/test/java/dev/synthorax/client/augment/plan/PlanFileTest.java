package dev.synthorax.client.augment.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.transform.AffineRanges;
import dev.synthorax.client.transform.ImageAugmentationRanges;
import dev.synthorax.client.transform.Range;
import dev.synthorax.client.transform.TransformRanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanFileTest {
  private static final String WHOLE =
      """
      seed: 7
      format: nih
      source:
        folder: data/train
        format: chexpert
        split: train
        exclude: [odd]
      generation:
        model: cxr-mini
        steps: 12
        guidance-scale: 3.5
        noise-scheduler: dpm++
        negative-prompt: text
        size: 256
      prompts:
        wording:
          cardiomegaly: [cardiomegaly, enlarged heart]
          edema: wet lungs
      filters:
        contrast: [8, 120]
        mean: [20, 230]
        duplicates: false
        max-tries: 3
      transforms:
        flip-chance: 0.5
        flip-hearts: true
        scale: [0.8, 1.2]
        elastic-grid: 5
        elastic-amplitude: 0.04
        own:
          heart: {scale: [0.9, 1.1]}
      limits:
        max-lungs-cut: 0.1
      classical:
        noise: 0
      arms:
        - name: single
          kind: single-label
          count: 10
          labels: [cardiomegaly, edema]
        - name: moved
          kind: transformed-mask-and-text
          ratio: 0.5
          structures: [lungs, heart]
          with-labels: [edema]
          other-labels: unmentioned
          prompt-from: text
          include-source: true
          transforms:
            rotate-degrees: 0
      """;

  @TempDir private Path temp;

  @Test
  void read_everyKey_isMapped() throws IOException {
    AugmentPlan plan = read(WHOLE);

    assertThat(plan.seed()).isEqualTo(7);
    assertThat(plan.format()).isEqualTo(DatasetFormat.NIH);
    assertThat(plan.source())
        .isEqualTo(
            new SourceDataset(
                "data/train", DatasetFormat.CHEXPERT, null, List.of("odd"), false, null));
    assertThat(plan.generation())
        .isEqualTo(new PlannedSettings("cxr-mini", 12, 3.5f, "dpm++", "text", List.of(256, 256)));
    assertThat(plan.prompts().wording())
        .containsEntry("cardiomegaly", List.of("cardiomegaly", "enlarged heart"))
        .containsEntry("edema", List.of("wet lungs"));
    assertThat(plan.filters())
        .isEqualTo(new Filters(Range.of(8, 120), Range.of(20, 230), false, 3));
    assertThat(plan.transforms().flipChance()).isEqualTo(0.5);
    assertThat(plan.transforms().flipHearts()).isTrue();
    assertThat(plan.transforms().whole().scale()).isEqualTo(Range.of(0.8, 1.2));
    assertThat(plan.transforms().whole().rotateDegrees())
        .isEqualTo(AffineRanges.DEFAULT.rotateDegrees());
    assertThat(plan.transforms().elasticAmplitude()).isEqualTo(Range.of(0.04, 0.04));
    assertThat(plan.transforms().own()).containsOnlyKeys(Structure.HEART);
    assertThat(plan.limits().maxLungsCut()).isEqualTo(0.1);
    assertThat(plan.classical().noise()).isEqualTo(Range.ZERO);
    Arm moved = plan.arms().get(1);
    assertThat(moved.structures()).containsExactly(Structure.LUNGS, Structure.HEART);
    assertThat(moved.ratio()).isEqualTo(0.5);
    assertThat(moved.includeSource()).isTrue();
    assertThat(moved.promptFrom()).isEqualTo(Arm.PromptFrom.TEXT);
    assertThat(moved.otherLabels()).isEqualTo(Arm.OtherLabels.UNMENTIONED);
    assertThat(plan.transformsOf(moved).whole().rotateDegrees()).isEqualTo(Range.ZERO);
    assertThat(plan.transformsOf(moved).flipChance()).isZero();
  }

  @Test
  void read_leastPlan_hasTheDefaults() throws IOException {
    AugmentPlan plan =
        read(
            """
            seed: 1
            arms:
              - {name: a, kind: single-label, count: 1, labels: [edema]}
            """);

    assertThat(plan)
        .isEqualTo(
            new AugmentPlan(
                1,
                DatasetFormat.FOLDER,
                null,
                PlannedSettings.DEFAULT,
                PlanPrompts.DEFAULT,
                Filters.DEFAULT,
                TransformRanges.DEFAULT,
                dev.synthorax.client.transform.AnatomyLimits.DEFAULT,
                ImageAugmentationRanges.DEFAULT,
                UnknownFindings.STOP,
                0.01,
                plan.arms()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "seed: 7|seeds: 7|:1: seeds: unknown key (expected: seed, format, source,",
        "seed: 7|seed: x|:1: seed: 'x' (expected: a whole number)",
        "seed: 7|seed: 1.5|:1: seed: '1.5' (expected: a whole number)",
        "seed: 7|# none|:1: seed: missing (expected: a whole number",
        "format: nih|unknown-findings: keep|:2: unknown-findings: 'keep' (expected: stop, drop,"
            + " drop-items)",
        "format: nih|max-skipped: 2|:2: max-skipped: 2.0 (expected: 0 to 1)",
        "format: nih|format: png|:2: format: 'png' (expected: chexpert,",
        "split: train|split: test|:6: source.split: test (expected: train;",
        "split: train|splits: train|:6: source.splits: unknown key (expected: folder,",
        "folder: data/train|folder: ''|:4: source.folder: '' (expected: a folder)",
        "steps: 12|steps: 0|:10: generation.steps: 0 (expected: 1 to 1000)",
        "steps: 12|steps: many|:10: generation.steps: 'many' (expected: a whole number)",
        "guidance-scale: 3.5|guidance-scale: 31|:11: generation.guidance-scale: 31.0 (expected: 0"
            + " to 30)",
        "noise-scheduler: dpm++|noise-scheduler: heun|:12: generation.noise-scheduler: 'heun'"
            + " (expected: ddim, dpm++, dpm++-karras, euler, euler-ancestral, pndm, lcm or unipc)",
        "size: 256|size: [1, 2, 3]|:14: generation.size: [1, 2, 3] (expected: a side",
        "edema: wet lungs|edema: ' '|:18: prompts.wording.edema: ' ' (expected: words;",
        "contrast: [8, 120]|contrast: [9, 8]|:20: filters.contrast: [9.0, 8.0] (expected: two"
            + " finite",
        "contrast: [8, 120]|contrast: [8, 9, 10]|:20: filters.contrast: [8.0, 9.0, 10.0] (expected:"
            + " [low, high]",
        "duplicates: false|duplicates: 3|:22: filters.duplicates: '3' (expected: true or false)",
        "max-tries: 3|max-tries: 0|:23: filters.max-tries: 0 (expected: 1 to 100)",
        "flip-chance: 0.5|flip-chance: 2|:25: transforms.flip-chance: 2.0 (expected: 0 to 1)",
        "scale: [0.8, 1.2]|scale: [0, 1.2]|:27: transforms.scale: [0.0, 1.2] (expected: within 0.25"
            + " to 4.0)",
        "elastic-amplitude: 0.04|elastic-amplitude: 0.06|:29: transforms.elastic-amplitude: [0.06,"
            + " 0.06] (expected: within 0 to 0.25",
        "heart: {scale|spleen: {scale|:30: transforms.own: 'spleen' (expected: lungs,",
        "heart: {scale|lungs: {scale|:31: transforms.own.lungs: transformed alone (expected:"
            + " heart,",
        "name: single|name: Single|:37: arms[0].name: 'Single' (expected: lower-case",
        "name: single|name: moved|:41: arms[1].name: 'moved' twice (expected: each name once)",
        "kind: single-label|kind: singles|:38: arms[0].kind: 'singles' (expected: single-label,",
        "kind: single-label|structures: [lungs]|:37: arms[0].kind: missing (expected: how",
        "count: 10|count: 0|:39: arms[0].count: 0 (expected: 1 to 999999)",
        "count: 10|count: -3|:39: arms[0].count: -3 (expected: 1 to 999999)",
        "count: 10|structures: [lungs]|:39: arms[0].structures: not for kind single-label"
            + " (expected: only with mask,",
        "count: 10|ratio: 0|:39: arms[0].ratio: 0.0 (expected: above 0",
        "ratio: 0.5|with-label: 1|:43: arms[1].with-label: unknown key",
        "structures: [lungs, heart]|structures: [lungs, lungs]|:44: arms[1].structures: 'lungs'"
            + " twice",
        "structures: [lungs, heart]|structures: []|:44: arms[1].structures: missing (expected: the"
            + " masks",
        "structures: [lungs, heart]|structures: [lung]|:44: arms[1].structures[0]: 'lung'"
            + " (expected: lungs,",
        "prompt-from: text|prompt-from: report|:47: arms[1].prompt-from: 'report' (expected: labels"
            + " or text)",
        "include-source: true|include-source: maybe|:48: arms[1].include-source: 'maybe' (expected:"
            + " true or false)",
        "seed: 7|seed: [1|: no YAML (",
      })
  void read_oneSlip_isNamedWithItsLine(String right, String wrong, String expected) {
    assertThat(WHOLE).contains(right);

    assertThatThrownBy(() -> read(WHOLE.replace(right, wrong)))
        .isInstanceOf(PlanException.class)
        .hasMessageStartingWith(
            temp.resolve("plan.yaml") + (expected.startsWith(":1: s") ? expected : ""))
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void read_keyTwice_isRefused() {
    assertThatThrownBy(() -> read("seed: 1\nseed: 2\n")).hasMessageContaining("plan.yaml:2:");
  }

  @ParameterizedTest
  @CsvSource({"''", "'# nothing\n'", "'[]'", "'3'", "'arms'"})
  void read_noPlan_isRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(PlanException.class);
  }

  @Test
  void read_armsThatNeedASourceWithout_areRefused() {
    assertThatThrownBy(() -> read("seed: 1\narms:\n- {name: a, kind: classical, count: 2}\n"))
        .hasMessageContaining(":3: arms[0].kind: classical (expected: a source");
  }

  private AugmentPlan read(String text) throws IOException {
    return PlanFile.read(Files.writeString(temp.resolve("plan.yaml"), text));
  }
}
