package dev.synthorax.client.cli.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DatasetInspectCommandTest extends DatasetCase {
  @Test
  void inspect_json_countsImagesPatientsSplitsAndLabels() throws IOException {
    int exit = run("inspect", source.toString(), "--json");

    assertThat(exit).isZero();
    JsonNode facts = new JsonMapper().readTree(out.toString());
    assertThat(facts.path("format").asText()).isEqualTo("folder");
    assertThat(facts.path("images").asInt()).isEqualTo(COUNT);
    assertThat(facts.path("splits")).hasToString("{\"train\":6}");
    JsonNode label = facts.path("labels").path("pneumothorax");
    assertThat(label.path("positive").asInt() + label.path("negative").asInt()).isEqualTo(COUNT);
  }

  @Test
  void inspect_text_hasALineALabel() {
    assertThat(run("inspect", source.toString())).isZero();

    assertThat(out.toString())
        .contains("format: folder", "splits: train 6")
        .containsPattern("(?m)^edema +\\d+ +\\d+ +0 +0$");
  }

  @Test
  void inspect_patientInTwoSplits_failsAndNamesBoth() throws IOException {
    String table = Files.readString(source.resolve("images.csv"));
    replace(
        "\nphantom-0000000003",
        "\nphantom-9,images/phantom-0000000002.png,"
            + Phantoms.sample(2, 64).info().patientId()
            + ",s,,,,test,,,,"
            + ",".repeat(table.lines().findFirst().orElseThrow().split(",", -1).length - 12)
            + "\nphantom-0000000003");

    int exit = run("inspect", source.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("warning: ")
        .contains("error: patient '" + Phantoms.sample(2, 64).info().patientId() + "' is in train")
        .contains("and in test");
  }

  @Test
  void inspect_missingImagesMasksAndBoxes_areCounted() throws IOException {
    Files.delete(source.resolve("images/phantom-0000000001.png"));
    Files.writeString(
        source.resolve("boxes.csv"),
        """
        id,label,x,y,width,height
        phantom-0000000002,edema,60,60,30,30
        phantom-0000000002,edema,6,6,30,30
        """);

    assertThat(run("inspect", source.toString())).isZero();

    assertThat(out.toString())
        .contains("missing: 1", "boxes: 2", "boxes beyond image: 1")
        .containsPattern("(?m)^masks: lungs 6, heart 6, pneumothorax 6");
    assertThat(err.toString())
        .contains("box of edema ends at 90 x 90 in an image of 64 x 64")
        .contains("phantom-0000000001.png: no such file (named in ");
  }

  @Test
  void inspect_folderWithoutDataset_saysWhatIsExpected() {
    int exit = run("inspect", folder.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("error: " + folder + " holds no dataset itself; " + source);
  }

  @Test
  void inspect_folderOfGenerate_saysWhatItIs() throws IOException {
    Path run = folder.resolve("run");
    Files.createDirectories(run.resolve("images"));
    Files.writeString(run.resolve("manifest.jsonl"), "{}\n{}\n");

    int exit = run("inspect", run.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "error: "
                + run
                + " is what generate or demo left, 2 images without the tables of a dataset"
                + " (expected: a dataset; augment makes them, and 'metrics fidelity' takes this"
                + " folder as it is)\n");
  }

  @Test
  void inspect_folderOfAugment_namesItsDatasets() throws IOException {
    Path job = folder.resolve("job");
    Files.createDirectories(job.resolve("dataset/single"));
    Files.createDirectories(job.resolve("dataset/masks"));
    Files.writeString(job.resolve("dataset/manifest.jsonl"), "{}\n");
    Files.writeString(job.resolve("dataset/plan.json"), "{}\n");

    int exit = run("inspect", job.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "error: %s is what augment left, a dataset for each arm (expected: one of them: %s, %s)\n"
                .formatted(job, job.resolve("dataset/masks"), job.resolve("dataset/single")));
  }
}
