package dev.synthorax.client.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardReader;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.PhantomKnobs;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.Site;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class PhantomCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Runs {@code phantom --size 64 --out FOLDER} with further words; they may have a size. */
  private int run(String words) {
    List<String> arguments = new ArrayList<>(List.of("--out", folder.toString()));
    if (!words.contains("--size")) {
      arguments.addAll(List.of("--size", "64"));
    }
    if (!words.isEmpty()) {
      arguments.addAll(List.of(words.split(" ", -1)));
    }
    return execute(arguments.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    ErrorLine errors = new ErrorLine();
    return new CommandLine(new PhantomCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(errors::badUsage)
        .setExecutionExceptionHandler(errors::failed)
        .execute(arguments);
  }

  private List<Sample> read(DatasetFormat format) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (DatasetImage image : format.open(folder, ReadOptions.DEFAULT).images()) {
      samples.add(image.load());
    }
    return samples;
  }

  private List<ImageInfo> infos() throws IOException {
    return read(DatasetFormat.FOLDER).stream().map(Sample::info).toList();
  }

  @ParameterizedTest
  @CsvSource({"--format png", "--format folder", "''"})
  void call_folder_writesImagesMasksAndTable(String format) throws IOException {
    int exit = run(("--count 2 --seed 8 " + format).strip());

    assertThat(exit).isZero();
    Path image = folder.resolve("images/phantom-0000000009.png");
    assertThat(Png.decode(Files.readAllBytes(image), 64)).isEqualTo(Phantoms.sample(9, 64).image());
    assertThat(folder.resolve("masks/phantom-0000000009-heart.png")).exists();
    assertThat(read(DatasetFormat.FOLDER))
        .containsExactly(Phantoms.sample(8, 64), Phantoms.sample(9, 64));
    assertThat(out.toString()).contains("2 phantoms of 64 x 64 pixels");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void call_shardsOfOneFinding_areReadBack() throws IOException {
    int exit = run("--format shards --finding pneumothorax --count 3 --shard-size 2 --json");

    assertThat(exit).isZero();
    assertThat(out.toString())
        .startsWith("{\"count\":3,\"seed\":0,\"size\":64,\"format\":\"shards\",\"site\":\"A\"");
    try (ShardReader reader = ShardReader.open(folder)) {
      assertThat(reader.shards()).isEqualTo(2);
      Sample first = requireNonNull(reader.next());
      assertThat(first.info().text()).contains("pneumothorax");
    }
  }

  @ParameterizedTest
  @EnumSource(DatasetFormat.class)
  void call_everyFormat_isDetectedAndReadBack(DatasetFormat format) throws IOException {
    String finding =
        switch (format) {
          case RSNA -> " --finding pneumonia --finding normal";
          case CHEXPERT, CANDID_PTX, SIIM, MIMIC_CXR_JPG, NIH, NNUNET, WEBDATASET, FOLDER, SHARDS ->
              "";
        };

    int exit = run("--count 4 --site D --split test --format " + format.wireName() + finding);

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    assertThat(DatasetFormat.detect(folder)).isEqualTo(format);
    assertThat(read(format)).hasSize(4);
  }

  @Test
  void call_siteAndSplit_startAtItsFirstSeed() throws IOException {
    int exit = run("--count 3 --site b --split validation");

    assertThat(exit).isZero();
    long first = Site.B.first(Split.VALIDATION);
    assertThat(infos()).extracting(ImageInfo::seed).containsExactly(first, first + 1, first + 2);
    assertThat(infos()).allMatch(info -> info.split() == Split.VALIDATION);
  }

  @Test
  void call_seedOfASiteThatIsNotNamed_isTakenAsItIs() throws IOException {
    assertThat(run("--count 1 --seed 12000000")).isZero();

    assertThat(infos().getFirst().split()).isEqualTo(Split.TEST);
    assertThat(infos().getFirst().attributes()).containsEntry("site", "B");
  }

  @Test
  void call_knobs_areTurned() throws IOException {
    int exit =
        run(
            "--count 4 --finding pneumothorax --view ap --label-flips 1"
                + " --tube-given-pneumothorax 1 --confound pneumothorax:marker:1");

    assertThat(exit).isZero();
    assertThat(infos())
        .allSatisfy(
            info -> {
              assertThat(info.view()).isEqualTo(View.AP);
              assertThat(info.label("pneumothorax")).isEqualTo(Label.NEGATIVE);
              assertThat(info.attributes()).containsKey("chest_tube_side");
            });
    PhantomKnobs knobs =
        PhantomKnobs.DEFAULT
            .withView(View.AP)
            .withLabelNoise(1, 0)
            .withTubeGivenPneumothorax(1.0)
            .withConfounding(
                new PhantomKnobs.Confounding(Finding.PNEUMOTHORAX, PhantomKnobs.Channel.MARKER, 1));
    assertThat(read(DatasetFormat.FOLDER).getFirst())
        .isEqualTo(Phantoms.sample(new PhantomSpec(0, 64, Set.of(Finding.PNEUMOTHORAX), knobs)));
  }

  @Test
  void call_threads_doNotChangeABit() throws IOException {
    Path one = folder.resolve("one");
    Path three = folder.resolve("three");
    for (Path target : List.of(one, three)) {
      String threads = target.equals(one) ? "1" : "3";
      String[] words = {
        "--size",
        "64",
        "--count",
        "6",
        "--format",
        "webdataset",
        "--threads",
        threads,
        "--out",
        target.toString()
      };
      assertThat(execute(words)).isZero();
    }

    assertThat(Files.readAllBytes(one.resolve("train-000000.tar")))
        .isEqualTo(Files.readAllBytes(three.resolve("train-000000.tar")));
  }

  @Test
  void call_structuresOfNnunet_areTheOnlyLabels() throws IOException {
    int exit = run("--count 2 --format nnunet --structure left_lung --structure right_lung");

    assertThat(exit).isZero();
    assertThat(Files.readString(folder.resolve("dataset.json")))
        .contains("\"left_lung\" : 1", "\"right_lung\" : 2")
        .doesNotContain("heart");
    assertThat(err.toString()).contains("warning: nnunet: cannot hold masks of heart; dropped");
  }

  @Test
  void call_whatTheFormatCannotHold_failsInOneLineAndLeavesNothing() {
    int exit = run("--count 4 --format nih --label-doubts 1");

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("error: sample 'phantom-0000000000': atelectasis is uncertain")
        .doesNotContain("\tat ");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void call_folderWithOtherThings_isLeftAlone() throws IOException {
    Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");

    int exit = run("--count 1");

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("already holds mine.txt");
    assertThat(mine).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--count 0; --count: 0 (expected: >= 1)",
        "--size 63; --size: 63 (expected: 64..1024)",
        "--size big; Invalid value for option '--size'",
        "--seed -1; seed: -1 (expected: >= 0)",
        "--seed 9000000; seed: 9000000 (expected: a seed of a site",
        "--seed 5 --site B; --seed: 5 is of site A (expected with --site B: a seed of that site",
        "--seed 5 --split test; 16 phantoms from seed 5 leave test of site A (expected: seeds"
            + " 2000000..2999999)",
        "--count 1000001 --split test; 1000001 phantoms from seed 2000000 leave test of site A",
        "--site F; Invalid value for option '--site'",
        "--split tune; split: 'tune' (expected: train, validation or test)",
        "--finding flu; finding: 'flu'",
        "--format dicom; format: 'dicom' (expected: chexpert, candid-ptx",
        "--shard-size 0; --shard-size: 0",
        "--threads 0; --threads: 0",
        "--view LATERAL; --view: 'LATERAL' (expected: PA or AP)",
        "--label-flips 1.5; --label-flips: 1.5 (expected: 0..1)",
        "--confound edema:smell:1; --confound: 'edema:smell:1' (expected: FINDING:marker",
        "--confound edema; --confound: 'edema' (expected: FINDING:marker",
        "--structure heart; --structure: [heart] (expected: with --format nnunet only)",
      })
  void call_badOption_saysWhatAndExitsWithTwo(String words, String message) {
    int exit = run(words);

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    assertThat(folder).isEmptyDirectory();
  }
}
