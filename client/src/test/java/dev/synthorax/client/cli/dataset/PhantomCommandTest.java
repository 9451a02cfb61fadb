package dev.synthorax.client.cli.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardReader;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PhantomCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return CommandRun.execute(out, err, "phantom", arguments);
  }

  private Dataset open(DatasetFormat format) throws IOException {
    return format.open(folder, ReadOptions.DEFAULT);
  }

  @Test
  void call_png_writesImagesMasksAndTheTable() throws IOException {
    int exit =
        run(
            "--count",
            "2",
            "--seed",
            "8",
            "--size",
            "64",
            "--format",
            "png",
            "--out",
            folder.toString());

    assertThat(exit).isZero();
    Path image = folder.resolve("images/phantom-0000000009.png");
    assertThat(Png.decode(Files.readAllBytes(image), 64)).isEqualTo(Phantoms.sample(9, 64).image());
    assertThat(folder.resolve("masks/phantom-0000000009-heart.png")).exists();
    assertThat(Files.readAllLines(folder.resolve("images.csv"))).hasSize(3);
    assertThat(out.toString()).contains("2 phantoms of 64 x 64 pixels");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void call_png_saysWhatMadeIt() throws IOException {
    run("--count", "1", "--seed", "8", "--size", "64", "--view", "AP", "--out", folder.toString());

    String png =
        Files.readString(
            folder.resolve("images/phantom-0000000008.png"), StandardCharsets.ISO_8859_1);
    String prompt = open(DatasetFormat.FOLDER).images().getFirst().info().text();
    assertThat(prompt).isNotEmpty();
    assertThat(png)
        .contains("tEXtDescription\0" + prompt)
        .contains("tEXtSoftware\0" + ClientRelease.software())
        .contains("tEXtSource\0thorax phantom of site A")
        .contains("tEXtDisclaimer\0Synthetic")
        .contains("tEXtComment\0{\"seed\":8,\"size\":64,\"view\":\"AP\"}");
  }

  @Test
  void call_folder_holdsThePhantomsAsTheyWereMade() throws IOException {
    run("--count", "3", "--size", "64", "--out", folder.toString());

    for (int i = 0; i < 3; i++) {
      assertThat(open(DatasetFormat.FOLDER).images().get(i).load())
          .isEqualTo(Phantoms.sample(i, 64));
    }
  }

  @Test
  void call_shardsOfOneFinding_areReadBack() throws IOException {
    int exit =
        run(
            "--format",
            "shards",
            "--finding",
            "pneumothorax",
            "--count",
            "3",
            "--size",
            "64",
            "--shard-size",
            "2",
            "--json",
            "--out",
            folder.toString());

    assertThat(exit).isZero();
    assertThat(out.toString())
        .startsWith("{\"count\":3,\"seed\":0,\"size\":64,\"format\":\"shards\"");
    try (ShardReader reader = ShardReader.open(folder)) {
      assertThat(reader.shards()).isEqualTo(2);
      Sample first = requireNonNull(reader.next());
      assertThat(first.info().text()).contains("pneumothorax");
    }
  }

  @ParameterizedTest
  @EnumSource
  void call_anyFormat_isDetectedAndReadBackWithEveryImage(DatasetFormat format) throws IOException {
    int exit =
        run(
            "--format",
            format.wireName(),
            "--count",
            "4",
            "--size",
            "64",
            "--site",
            "C",
            "--split",
            "test",
            "--view",
            "AP",
            "--out",
            folder.toString());

    assertThat(exit).describedAs(err.toString()).isZero();
    assertThat(DatasetFormat.detect(folder)).isEqualTo(format);
    Dataset dataset = open(format);
    assertThat(dataset.images()).hasSize(4);
    for (DatasetImage image : dataset.images()) {
      assertThat(image.load().image().width()).isEqualTo(64);
      assertThat(image.info().split()).isIn(Split.TEST, null);
      assertThat(image.info().view()).isIn(View.AP, null);
    }
  }

  @Test
  void call_nnUNetOfOneStructure_hasThatMaskAlone() throws IOException {
    run(
        "--format",
        "nnunet",
        "--structure",
        "pneumothorax",
        "--count",
        "2",
        "--size",
        "64",
        "--out",
        folder.toString());

    assertThat(open(DatasetFormat.NNUNET).images().getFirst().load().masks())
        .containsOnlyKeys(Structure.PNEUMOTHORAX);
  }

  @Test
  void call_anyNumberOfThreads_givesTheSameBytes() throws IOException {
    for (String threads : new String[] {"1", "3"}) {
      run(
          "--format",
          "webdataset",
          "--count",
          "6",
          "--size",
          "64",
          "--threads",
          threads,
          "--out",
          folder.resolve(threads).toString());
    }

    assertThat(folder.resolve("1/train-000000.tar"))
        .hasSameBinaryContentAs(folder.resolve("3/train-000000.tar"));
  }

  @Test
  void call_folderThatHoldsOtherThings_isRefusedInOneLine() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "keep me");

    int exit = run("--count", "1", "--size", "64", "--out", folder.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "error: "
                + folder
                + " already holds notes.txt (expected: a new or an empty folder)"
                + System.lineSeparator());
    assertThat(folder.resolve("images")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "--count, 0, --count: 0 (expected: >= 1)",
    "--size, 63, --size: 63 (expected: 64..1024)",
    "--size, big, --size: 'big' (expected: a whole number)",
    "--count, many, --count: 'many' (expected: a whole number",
    "--count, train=4;test=2, --count: 'train=4;test=2' (expected: a whole number",
    "--count, train=4=5, --count: 'train=4=5' (expected: a whole number",
    "--count, tune=4, split: 'tune' (expected: train",
    "--seed, -1, seed: -1 (expected: >= 0)",
    "--seed, 5000000, seed: 5000000 (expected: a seed of a site",
    "--finding, flu, finding: 'flu'",
    "--shard-size, 0, --shard-size: 0",
    "--threads, 0, --threads: 0",
    "--format, jpeg, --format: 'jpeg' (expected: chexpert",
    "--site, Z, --site: 'Z' (expected: A",
    "--split, tune, split: 'tune'",
    "--structure, heart, --structure heart: folder uses no choice of structures (expected with: nn",
    "--shard-size, 8, --shard-size 8: folder uses no shard size (expected with: webdataset",
    "--view, LATERAL, --view: 'LATERAL' (expected: PA or AP)",
    "--label-flips, 2, --label-flips: 2.0 (expected: 0..1)",
    "--confound, pneumothorax:marker, --confound: 'pneumothorax:marker' (expected: FINDING",
    "--count, 3000000, 3000000 phantoms from seed 0 leave train of site A",
  })
  void call_badOption_saysWhatAndExitsWithTwo(String option, String value, String message) {
    int exit = run(option, value, "--out", folder.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: " + message).doesNotContain("\tat ");
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void call_countsBySplit_startAtTheFirstSeedOfEach() throws IOException {
    int exit =
        run(
            "--count",
            "test=2,train=3,val=1",
            "--site",
            "C",
            "--size",
            "64",
            "--json",
            "--out",
            folder.toString());

    assertThat(exit).describedAs(err.toString()).isZero();
    assertThat(out.toString())
        .contains("\"count\":6")
        .contains("\"splits\":{\"train\":{\"first\":20000000,\"count\":3}");
    List<DatasetImage> images = open(DatasetFormat.FOLDER).images();
    assertThat(images)
        .extracting(image -> image.info().seed(), image -> image.info().split())
        .containsExactly(
            tuple(20_000_000L, Split.TRAIN),
            tuple(20_000_001L, Split.TRAIN),
            tuple(20_000_002L, Split.TRAIN),
            tuple(23_000_000L, Split.VALIDATION),
            tuple(22_000_000L, Split.TEST),
            tuple(22_000_001L, Split.TEST));
    assertThat(images.getFirst().load()).isEqualTo(Phantoms.sample(20_000_000, 64));
    Splits.requireDisjoint(images);
  }

  @ParameterizedTest
  @CsvSource({"--split, test", "--seed, 7"})
  void call_countsBySplitWithSplitOrSeed_areRefused(String option, String value) {
    int exit = run("--count", "train=4,test=2", option, value, "--out", folder.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("error: --count: 'train=4,test=2' (expected with --split or --seed: a number");
  }

  @Test
  void call_splitNamedTwice_isRefused() {
    int exit = run("--count", "val=4,validation=2", "--out", folder.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("names validation twice");
  }

  @Test
  void call_seedOfAnotherSite_isRefused() {
    int exit = run("--site", "B", "--seed", "7", "--out", folder.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("--seed: 7 is of site A (expected with --site B");
  }

  @Test
  void call_confoundedFilms_areMade() throws IOException {
    int exit =
        run(
            "--count",
            "2",
            "--size",
            "64",
            "--confound",
            "pneumothorax:marker:1",
            "--label-doubts",
            "1",
            "--tube-given-pneumothorax",
            "1",
            "--out",
            folder.toString());

    assertThat(exit).isZero();
    assertThat(open(DatasetFormat.FOLDER).images().getFirst().info().labels().values())
        .contains(Label.UNCERTAIN);
  }
}
