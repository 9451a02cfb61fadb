package dev.synthorax.client.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.augment.plan.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkFolderTest {
  @TempDir private Path temp;

  private AugmentJob job(String seed) throws IOException {
    Path plan =
        Files.writeString(
            temp.resolve("plan.yaml"),
            "seed: "
                + seed
                + "\narms:\n- {name: a, kind: single-label, count: 1, labels: [edema]}\n");
    return AugmentJob.of(PlanFile.read(plan), null);
  }

  @Test
  void open_whileAnotherWorksThere_isRefused() throws IOException {
    try (WorkFolder first = WorkFolder.open(temp.resolve("out"), job("1"))) {
      assertThat(first.isFinished()).isFalse();

      assertThatThrownBy(() -> WorkFolder.open(temp.resolve("out"), job("1")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another run writes there");
    }
  }

  @Test
  void open_samePlanWrittenOtherwise_isTheSameJob() throws IOException {
    try (WorkFolder first = WorkFolder.open(temp.resolve("out"), job("7"))) {
      assertThat(first.isFinished()).isFalse();
    }

    try (WorkFolder again = WorkFolder.open(temp.resolve("out"), job("7 # as before"))) {
      assertThat(again.isFinished()).isFalse();
    }
    assertThatThrownBy(() -> WorkFolder.open(temp.resolve("out"), job("8")))
        .hasMessageContaining("was begun with seed 7");
  }

  @Test
  void publish_stage_becomesTheDatasetAndTheWorkGoes() throws IOException {
    try (WorkFolder folder = WorkFolder.open(temp.resolve("out"), job("1"))) {
      Path stage = folder.fresh("stage");
      Files.writeString(stage.resolve("manifest.jsonl"), "line");

      folder.publish(stage);

      assertThat(folder.isFinished()).isTrue();
      assertThat(folder.dataset().resolve("manifest.jsonl")).hasContent("line");
      assertThat(stage).doesNotExist();
    }
  }
}
