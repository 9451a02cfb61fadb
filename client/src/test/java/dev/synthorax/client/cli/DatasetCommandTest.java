package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

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
    ErrorLine errors = new ErrorLine();
    return new CommandLine(new DatasetCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setParameterExceptionHandler(errors::badUsage)
        .setExecutionExceptionHandler(errors::failed)
        .execute(arguments);
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

  @ParameterizedTest
  @CsvSource({
    "inspect, --format, tar, --format: 'tar' (expected: chexpert",
    "read, --threads, 0, --threads: 0 (expected: >= 1)",
    "convert, --uncertain, multi-class, --uncertain: MultiClass[] gives no hard labels",
    "convert, --structure, heart, '--structure: [heart] (expected: with --to nnunet only)'",
    "convert, --shard-size, 0, shardSize: 0 (expected: 1..65536)",
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
    assertThat(err.toString()).startsWith("error: " + folder + " holds no dataset (expected one");
  }
}
