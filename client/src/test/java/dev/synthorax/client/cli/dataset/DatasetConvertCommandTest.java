package dev.synthorax.client.cli.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DatasetConvertCommandTest extends DatasetCase {
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
  void convert_oneSplitToShardsOfChosenStructures_holdsThese() throws IOException {
    replace("train", "validation"); // all of them
    String[] asked = {
      "convert",
      source.toString(),
      "--to",
      "shards",
      "--structures",
      "heart,left_lung",
      "--out",
      target.toString(),
      "--split"
    };

    int refused = run(with(asked, "test"));
    int made = run(with(asked, "validation"));

    assertThat(refused).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "error: --split test: no image of "
                + source
                + " is in it (expected: one of validation)");
    assertThat(made).isZero();
    Dataset dataset = DatasetFormat.SHARDS.open(target, ReadOptions.DEFAULT);
    assertThat(dataset.images()).hasSize(COUNT);
    assertThat(dataset.images().getFirst().source().structures())
        .containsExactlyInAnyOrder(Structure.HEART, Structure.LEFT_LUNG);
  }

  private static String[] with(String[] arguments, String last) {
    return Stream.concat(Arrays.stream(arguments), Stream.of(last)).toArray(String[]::new);
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
}
