package dev.synthorax.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PipelineConfigTest {
  @TempDir private Path folder;

  @Test
  void read_noFile_isTheDefault() {
    assertThat(PipelineConfig.read(DiffusersFolder.of(folder))).isEqualTo(PipelineConfig.DEFAULT);
    assertThat(PipelineConfig.parse("")).isEqualTo(PipelineConfig.DEFAULT);
  }

  @Test
  void parse_unknownKey_namesItAndTheKeysThereAre() {
    assertThatThrownBy(() -> PipelineConfig.parse("finding: [edema]"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .startsWith("synthorax.yaml: finding: unknown key (expected: one of decoder-row-counts, ")
        .contains(", findings, ")
        .doesNotContain("class");
  }

  @Test
  void parse_everyKey_isMapped() {
    var config =
        PipelineConfig.parse(
            """
            description: Chests.
            sizes: [[128, 64]]
            structures: [lungs, heart]
            findings: [no_finding, pleural_effusion]
            words: [effusion, "no", x-ray]
            negations: [no acute findings]
            unconditional: zero
            defaults:
              num-inference-steps: 7
              guidance-scale: 2.5
              noise-scheduler: DDIM
            precision: bf16
            row-counts: [8, 2]
            decoder-row-counts: [4]
            max-queued-images: 9
            """);

    assertThat(config)
        .isEqualTo(
            new PipelineConfig(
                "Chests.",
                List.of(new ImageSize(128, 64)),
                List.of("lungs", "heart"),
                List.of("no_finding", "pleural_effusion"),
                List.of("effusion", "no", "x-ray"),
                List.of("no acute findings"),
                Unconditional.ZERO,
                new GenerationDefaults(7, 2.5f, NoiseScheduler.Kind.DDIM),
                PrecisionChoice.BF16,
                List.of(2, 8),
                List.of(4),
                9));
  }

  @Test
  void parse_partOfASection_keepsTheRest() {
    var config = PipelineConfig.parse("defaults: {guidance-scale: 1}");

    assertThat(config.defaults().guidanceScale()).isEqualTo(1);
    assertThat(config.defaults().numInferenceSteps())
        .isEqualTo(GenerationDefaults.DEFAULT.numInferenceSteps());
    assertThat(config.defaults().noiseScheduler()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour: blue | colour",
        "unconditional: none | unconditional: none (expected: empty-prompt or zero)",
        "defaults: {steps: 3} | steps",
        "sizes: [[128]] | sizes: [128] (expected: [width, height])",
        "sizes: [[4, 128]] | sizes: [4, 128] (expected: 8 to 4096 pixels a side)",
        "sizes: [[128, 128], [64, 64]] | expected: one size",
        "'description: \"a\\u001b[2J\"' | description: 'a\\u001b[2J' (expected: one line",
        "'structures: [\"a\\nb\"]' | structures: 'a\\nb' (expected: one line",
        "structures: [lungs, lungs] | expected: different names",
        "findings: [Pleural Effusion] | findings: 'Pleural Effusion' (expected: lower-case words",
        "findings: [edema, edema] | findings: 'edema' twice",
        "words: [Effusion] | words: 'Effusion' (expected: single lower-case words",
        "words: [pleural effusion] | words: 'pleural effusion' (expected: single",
        "'words: [\"a\\u001b[2J\"]' | words: ",
        "negations: ['no'] | negations: 'no' (expected: lower-case phrases",
        "defaults: {num-inference-steps: 0} | num-inference-steps: 0 (expected: 1 to 1000)",
        "defaults: {guidance-scale: .nan} | line 1: ",
        "defaults: {noise-scheduler: HEUN} | HEUN",
        "precision: int8 | precision: int8 (expected: auto, fp32, fp16, bf16)",
        "row-counts: [] | row-counts: [] (expected",
        "row-counts: [1] | row-counts: [1] (expected",
        "row-counts: [0, 2] | row-counts: [0, 2] (expected",
        "decoder-row-counts: [999] | decoder-row-counts: [999] (expected",
        "max-queued-images: 0 | max-queued-images: 0 (expected: 1 to 100000)",
        "max-queued-images: many | many",
        "'[1, 2]' | not a mapping",
        "'a: [' | synthorax.yaml"
      })
  void parse_wrongValue_failsInOneLineThatNamesIt(String yaml, String message) {
    assertThatThrownBy(() -> PipelineConfig.parse(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("synthorax.yaml: ")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }
}
