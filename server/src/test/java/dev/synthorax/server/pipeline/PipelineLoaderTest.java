package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineLoaderTest {
  private final FakeBackend backend = new FakeBackend();
  @TempDir private Path folder;

  @Test
  void load_everyRowCountPasses_usesThemAll() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder)) {
      var description = pipeline.description();
      assertThat(description.rowCounts()).containsExactly(2, 4, 8);
      assertThat(description.version()).matches("[0-9a-f]{12}");
      assertThat(description.size()).hasToString("16x16");
      assertThat(description.backend()).isEqualTo("fake 1 (CPU)");
      assertThat(description.maxPromptTokens()).isEqualTo(8);
    }

    assertThat(backend.open()).isZero();
  }

  @Test
  void load_aRowCountDependsOnCompany_isNotUsed() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    backend.dependOnCompany(4);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder)) {
      assertThat(pipeline.description().rowCounts()).containsExactly(2, 8);
    }

    assertThat(backend.open()).isZero();
  }

  @Test
  void load_outputNotFinite_failsAndLeavesNothingOpen() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    backend.breakWeights();

    assertFails("unet: its output is not finite");
  }

  @Test
  void load_truncatedWeights_failsNamingTheFileInTheFolder() throws IOException {
    FakePipelines.writeBroken(folder);

    assertFails("unet/model.safetensors: 7 bytes (expected: the header says 900; copy it again)");
  }

  @Test
  void load_structuresDoNotFitTheControlNet_fails() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML.replace("[lungs, heart]", "[lungs]"));

    assertFails("synthorax.yaml: structures: [lungs] (expected: 2 names");
  }

  @Test
  void load_schedulerMissing_failsNamingTheFile() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    Files.delete(folder.resolve("scheduler/scheduler_config.json"));

    assertFails("scheduler/scheduler_config.json: no such file");
  }

  @Test
  void load_unknownKey_fails() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML + "colour: blue\n");

    assertFails("synthorax.yaml: ");
  }

  @Test
  void load_anotherConfiguration_isAnotherVersion() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    String first = version();
    FakePipelines.write(folder, FakePipelines.YAML.replace("3.0", "3.5"));

    assertThat(version()).isNotEqualTo(first);
    FakePipelines.write(folder, FakePipelines.YAML);
    assertThat(version()).isEqualTo(first);
  }

  private String version() {
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder)) {
      return pipeline.description().version();
    }
  }

  private void assertFails(String message) {
    assertThatThrownBy(this::version)
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(message)
        .extracting("reason")
        .isEqualTo(ErrorReason.MODEL_FAILED);
    assertThatThrownBy(this::version).message().doesNotContain(folder.toString()).hasLineCount(1);
    assertThat(backend.open()).isZero();
  }
}
