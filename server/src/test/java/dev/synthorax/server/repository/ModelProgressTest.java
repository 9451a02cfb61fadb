package dev.synthorax.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.pipeline.FakeBackend;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model's status says while it is being loaded. */
final class ModelProgressTest {
  private static final String SENTENCE = "unet.onnx is compiled for GPU 0 (15 s so far)";

  /** Says how far it is, and fails. */
  private static final class Slow implements ModelLoader {
    @Override
    public String kind() {
      return "slow";
    }

    @Override
    public @Nullable String lacks(Path folder) {
      return null;
    }

    @Override
    @MustBeClosed
    public ServedModel load(Request request) {
      request.progress().report(SENTENCE);
      throw new InferenceException(ErrorReason.MODEL_FAILED, "it is broken");
    }
  }

  @Test
  void load_whatTakesLong_isToldMeanwhile(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("model"));
    var reasons = new CopyOnWriteArrayList<String>();
    try (var models = new ModelRepository(new ModelFolders(List.of(folder), List.of(new Slow())))) {
      models.onChange(() -> models.list().forEach(model -> reasons.add(model.reason())));

      models.start(
          new ModelLoader.Resources(new FakeBackend(), 1, folder, new ByteBudget(1 << 20)));
    }

    assertThat(reasons)
        .startsWith("It is being loaded.", "It is being loaded: " + SENTENCE + ".", "it is broken");
  }

  @Test
  void progressed_whenItIsNotBeingLoaded_isNotTold() {
    var entry = new ModelEntry("model");
    entry.end(ModelState.FAILED, "it is broken");

    assertThat(entry.progressed(SENTENCE)).isFalse();
    assertThat(entry.status().reason()).isEqualTo("it is broken");
  }
}
