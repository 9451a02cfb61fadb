package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline folder that a test writes and loads. */
abstract class PipelineFolderFixture {
  final FakeBackend backend = new FakeBackend();
  @TempDir Path folder;

  static final String NO_SCHEDULER_NAMED =
      FakePipelines.YAML.replace(", noise-scheduler: DDIM", "");

  void writeConfig(String part, String json) throws IOException {
    Files.createDirectories(folder.resolve(part));
    Files.writeString(folder.resolve(part).resolve("config.json"), json);
    new SafetensorsWriter().write(folder.resolve(part).resolve("model.safetensors"));
  }

  void writeScheduler(String json) throws IOException {
    FakePipelines.write(folder, NO_SCHEDULER_NAMED);
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), json);
  }

  void writeIndex(String fields) throws IOException {
    if (!Files.exists(folder.resolve("scheduler"))) {
      FakePipelines.write(folder, FakePipelines.YAML);
    }
    Files.writeString(folder.resolve("model_index.json"), "{" + fields + "}");
  }

  String version() {
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      return pipeline.description().version();
    }
  }

  void assertFails(String message) {
    assertThatThrownBy(this::version)
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(message)
        .extracting("reason")
        .isEqualTo(ErrorReason.MODEL_FAILED);
    assertThatThrownBy(this::version).message().doesNotContain(folder.toString()).hasLineCount(1);
    assertThat(backend.open()).isZero();
  }
}
