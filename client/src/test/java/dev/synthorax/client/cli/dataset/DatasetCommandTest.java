package dev.synthorax.client.cli.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DatasetCommandTest extends DatasetCase {
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
        + " (expected with: nnunet, shards)'",
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
}
