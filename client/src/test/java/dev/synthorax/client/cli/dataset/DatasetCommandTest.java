package dev.synthorax.client.cli.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetCommandTest {
  private static final int COUNT = 6;

  @TempDir private Path folder;
  private Path source = Path.of("");
  private Path target = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws IOException, InterruptedException {
    source = folder.resolve("source");
    target = folder.resolve("target");
    DatasetFormat.FOLDER.write(
        source,
        WriteOptions.of(err::append),
        writer -> {
          for (int i = 0; i < COUNT; i++) {
            writer.add(Phantoms.sample(i, 64));
          }
        });
  }

  private int run(String... arguments) {
    return CommandRun.execute(out, err, "dataset", arguments);
  }

  private void replace(String from, String to) throws IOException {
    Path table = source.resolve("images.csv");
    Files.writeString(table, Files.readString(table).replace(from, to));
  }

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
  void convert_toWebDataset_keepsEverySample() throws IOException {
    int exit =
        run(
            "convert",
            source.toString(),
            "--to",
            "webdataset",
            "--out",
            target.toString(),
            "--threads",
            "2",
            "--json");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("{\"images\":6,\"from\":\"folder\",\"to\":\"webdataset\"");
    Dataset dataset = DatasetFormat.WEBDATASET.open(target, ReadOptions.DEFAULT);
    for (int i = 0; i < COUNT; i++) {
      assertThat(dataset.images().get(i).load()).isEqualTo(Phantoms.sample(i, 64));
    }
  }

  @Test
  void convert_uncertainLabelsToNih_needAPolicy() throws IOException {
    Dataset before = DatasetFormat.FOLDER.open(source, ReadOptions.DEFAULT);
    Path uncertain = folder.resolve("uncertain");
    try (var writer = DatasetFormat.FOLDER.create(uncertain, WriteOptions.of(err::append))) {
      var sample = before.images().getFirst().load();
      writer.add(
          new Sample(
              sample.info().toBuilder().label("edema", Label.UNCERTAIN).build(),
              sample.image(),
              sample.masks()));
    }

    int refused = run("convert", uncertain.toString(), "--to", "nih", "--out", target.toString());
    int made =
        run(
            "convert",
            uncertain.toString(),
            "--to",
            "nih",
            "--uncertain",
            "ones",
            "--out",
            target.toString());

    assertThat(refused).isEqualTo(1);
    assertThat(made).isZero();
    assertThat(err.toString()).contains("error: sample 'phantom-0000000000': edema is uncertain");
    assertThat(
            DatasetFormat.NIH
                .open(target, ReadOptions.DEFAULT)
                .images()
                .getFirst()
                .info()
                .has("edema"))
        .isTrue();
  }

  @Test
  void convert_nnUNetOfOneStructure_writesThatMask() throws IOException {
    run(
        "convert",
        source.toString(),
        "--to",
        "nnunet",
        "--structure",
        "heart",
        "--out",
        target.toString());

    assertThat(
            DatasetFormat.NNUNET
                .open(target, ReadOptions.DEFAULT)
                .images()
                .getFirst()
                .load()
                .masks())
        .containsOnlyKeys(Structure.HEART);
    assertThat(err.toString()).contains("warning: nnunet: cannot hold");
  }

  @Test
  void read_dataset_tellsRatesAndHeap() throws IOException {
    int exit = run("read", source.toString(), "--threads", "2", "--json");

    assertThat(exit).isZero();
    JsonNode facts = new JsonMapper().readTree(out.toString());
    assertThat(facts.path("images").asInt()).isEqualTo(COUNT);
    assertThat(facts.path("masks").asInt()).isGreaterThanOrEqualTo(3 * COUNT);
    assertThat(facts.path("images_per_second").asDouble()).isPositive();
    assertThat(facts.path("heap_bytes_after_images").has("6")).isTrue();
  }

  @Test
  void read_damagedImage_failsWithItsName() throws IOException {
    Files.write(source.resolve("images/phantom-0000000004.png"), new byte[] {1, 2, 3});

    int exit = run("read", source.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("phantom-0000000004.png: ")
        .contains("images.csv: line 6")
        .doesNotContain("\tat ");
  }

  @Test
  void read_keepGoing_listsEveryBadFileAndFails() throws IOException {
    Files.write(source.resolve("images/phantom-0000000004.png"), new byte[] {1, 2, 3});
    Files.delete(source.resolve("images/phantom-0000000001.png"));

    int exit = run("read", source.toString(), "--keep-going");

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("error: "))
        .anyMatch(line -> line.contains("phantom-0000000001.png: no such file (named in "))
        .anyMatch(line -> line.contains("phantom-0000000004.png: no image"));
    assertThat(out.toString()).contains("folder: 4 images", "2 of 6 images cannot be read");
  }

  @Test
  void convert_missingImage_stopsBeforeItStartsUnlessItIsLeftOut() throws IOException {
    Files.delete(source.resolve("images/phantom-0000000001.png"));
    String[] command = {
      "convert", source.toString(), "--to", "webdataset", "--out", target.toString()
    };
    String[] skipping = java.util.Arrays.copyOf(command, command.length + 2);
    skipping[command.length] = "--skip-missing";
    skipping[command.length + 1] = "--json";

    assertThat(run(command)).isEqualTo(1);
    assertThat(target).doesNotExist();
    assertThat(err.toString())
        .startsWith("error: ")
        .contains("phantom-0000000001.png: no such file (named in ")
        .contains("; 1 of 6 images is missing (expected: all; --skip-missing leaves them out)");
    assertThat(run(skipping)).isZero();
    assertThat(out.toString()).contains("\"images\":5").contains("\"missing\":1");
    assertThat(err.toString()).contains(": 1 of 6 images are missing and left out; the first is ");
  }

  @Test
  void convert_damagedImageKeepGoing_isNamedCountedAndLeftOut() throws IOException {
    Files.write(source.resolve("images/phantom-0000000004.png"), new byte[] {1, 2, 3});

    int exit =
        run(
            "convert",
            source.toString(),
            "--to",
            "folder",
            "--out",
            target.toString(),
            "--keep-going");

    assertThat(exit).isZero();
    assertThat(err.toString()).contains("warning: left out: ").contains("phantom-0000000004.png");
    assertThat(out.toString()).contains("5 images from folder", "; 1 not readable, left out");
    assertThat(DatasetFormat.FOLDER.open(target, ReadOptions.DEFAULT).images()).hasSize(5);
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
  void merge_twoDatasets_keepsNamesApartWhereAsked() throws IOException {
    String[] command = {
      "merge", source.toString(), source.toString(), "--to", "folder", "--out", target.toString()
    };
    String[] prefixed = java.util.Arrays.copyOf(command, command.length + 1);
    prefixed[command.length] = "--prefix";

    assertThat(run(command)).isEqualTo(1);
    assertThat(err.toString())
        .contains("error: image 'phantom-0000000000' is in " + source + " and in " + source)
        .contains("; --prefix keeps equal names apart, --same-patients makes equal patients one");
    assertThat(run(prefixed)).isZero();
    Dataset merged = DatasetFormat.FOLDER.open(target, ReadOptions.DEFAULT);
    assertThat(merged.images()).hasSize(2 * COUNT);
    assertThat(merged.images().get(COUNT).info().id()).isEqualTo("source-2-phantom-0000000000");
    assertThat(merged.images().get(COUNT).load().masks()).isEqualTo(Phantoms.sample(0, 64).masks());
  }

  @Test
  void merge_oneDatasetOrBothFlags_isBadUsage() {
    assertThat(run("merge", source.toString(), "--to", "folder", "--out", target.toString()))
        .isEqualTo(2);
    assertThat(
            run(
                "merge",
                source.toString(),
                source.toString(),
                "--to",
                "folder",
                "--out",
                target.toString(),
                "--prefix",
                "--same-patients"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--prefix and --same-patients (expected: one");
  }

  @ParameterizedTest
  @CsvSource({
    "inspect, --format, tar, --format: 'tar' (expected: chexpert",
    "read, --threads, 0, --threads: 0 (expected: >= 1)",
    "convert, --uncertain, multi-class, --uncertain: MultiClass[] gives no hard labels",
    "convert, --structure, heart, '--structure heart: folder uses no choice of structures"
        + " (expected with: nnunet)'",
    "convert, --shard-size, 8, '--shard-size 8: folder uses no shard size (expected with:"
        + " webdataset, shards)'",
    "read, --chexmask, none.csv, '--chexmask none.csv: folder uses no CheXmask table'",
    "convert, --uncertain, maybe, --uncertain: ",
  })
  void command_badOption_saysWhatAndExitsWithTwo(
      String command, String option, String value, String message) {
    int exit =
        command.equals("convert")
            ? run(
                command,
                source.toString(),
                "--to",
                "folder",
                "--out",
                target.toString(),
                option,
                value)
            : run(command, source.toString(), option, value);

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: " + message);
    assertThat(target).doesNotExist();
  }

  @Test
  void inspect_folderWithoutDataset_saysWhatIsExpected() {
    int exit = run("inspect", folder.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("error: " + folder + " holds no dataset itself; " + source);
  }
}
