package dev.synthorax.client.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.SampleMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingJobTest {
  private static final TrainingJob.Listener QUIET =
      new TrainingJob.Listener() {
        @Override
        public void reading(String dataset, long samples) {}

        @Override
        public void uploading(String dataset, long samples, int of) {}

        @Override
        public void warning(String line) {}
      };

  @TempDir private Path folder;

  private static Sample film(int number, int width, int height) {
    byte[] pixels = new byte[width * height];
    byte[] cells = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i + number);
      cells[i] = (byte) (i % width < width / 2 ? 1 : 0);
    }
    ImageInfo info =
        ImageInfo.builder("film-" + number)
            .patientId("patient-" + number)
            .split(number % 2 == 0 ? Split.TRAIN : Split.TEST)
            .label("edema", Label.POSITIVE)
            .label("fracture", Label.NEGATIVE)
            .build();
    return new Sample(
        info,
        GrayImage.of(width, height, pixels),
        Map.of(Structure.HEART, BinaryMask.of(width, height, cells)));
  }

  private Path films(Sample... samples) throws IOException, InterruptedException {
    Path films = Files.createTempDirectory(folder, "Films of ours ");
    DatasetFormat.FOLDER.write(
        films,
        WriteOptions.of(_ -> {}),
        writer -> {
          for (Sample sample : samples) {
            writer.add(sample);
          }
        });
    return films;
  }

  private static TrainingData.Folder data(Path films, @Nullable Split split, int size) {
    return new TrainingData.Folder(
        films, null, split, Structure.CHANNELS, size, null, false, null, 1);
  }

  private static TrainingJob job(TrainingData... data) throws IOException, InterruptedException {
    return TrainingJob.of(
        new TrainingRecipe("chest", "classifier", List.of(data), Map.of(), Map.of(), 0, true),
        2,
        QUIET);
  }

  private static List<dev.synthorax.proto.v1.Sample> messages(TrainingData.Folder data)
      throws IOException, InterruptedException {
    List<dev.synthorax.proto.v1.Sample> messages = new ArrayList<>();
    FolderSamples.open(data, 2).forEach(messages::add);
    return messages;
  }

  @Test
  void of_sameSamplesInAnotherFolder_isTheSameJob() throws Exception {
    Path one = films(film(0, 8, 8), film(1, 8, 8));
    Path two = Files.move(films(film(0, 8, 8), film(1, 8, 8)), folder.resolve("b"));
    Path three = folder.resolve("c");

    TrainingJob first = job(data(Files.move(one, three), null, 0));
    String name = first.name();
    Files.move(three, folder.resolve("away"));
    TrainingJob second = job(data(Files.move(two, three), null, 0));

    assertThat(name).matches("chest-[0-9a-f]{12}");
    assertThat(second.name()).isEqualTo(name);
    assertThat(second.parts().getFirst().name()).matches("c-[0-9a-f]{12}");
  }

  @Test
  void of_otherPixelSplitOrSetting_isAnotherJob() throws Exception {
    Path films = films(film(0, 8, 8), film(2, 8, 8), film(1, 8, 8));
    TrainingJob all = job(data(films, null, 0));

    TrainingJob train = job(data(films, Split.TRAIN, 0));
    TrainingJob small = job(data(films, null, 4));
    TrainingJob named =
        TrainingJob.of(
            new TrainingRecipe(
                "chest",
                "classifier",
                List.of(data(films, null, 0)),
                Map.of("base", "other"),
                Map.of(),
                0,
                true),
            1,
            QUIET);

    assertThat(List.of(all.name(), train.name(), small.name(), named.name()))
        .doesNotHaveDuplicates();
    assertThat(train.parts().getFirst().samples()).isEqualTo(2);
    assertThat(train.parts().getFirst().name()).contains("-train-");
  }

  @Test
  void messages_filmOfAnotherShape_isPaddedAndResized() throws Exception {
    Path films = films(film(0, 8, 4));

    dev.synthorax.proto.v1.Sample sample = messages(data(films, null, 4)).getFirst();

    assertThat(sample.getImage().size()).isEqualTo(16);
    assertThat(sample.getImage().substring(0, 4).toByteArray()).containsOnly(0); // padded
    assertThat(sample.getImage().substring(4, 8).toByteArray()).doesNotContain(0);
    assertThat(sample.getMasksList())
        .extracting(SampleMask::getStructure)
        .containsExactly("heart"); // the others are not known
    assertThat(sample.getMasks(0).getBits().toByteArray())
        .containsExactly(0b0000_1100, 0b1100_0000 - 256);
    assertThat(sample.getFindingsList()).containsExactly("edema");
    assertThat(sample.getAbsentFindings().getNamesList()).containsExactly("rib_fracture");
    assertThat(sample.getAttributesJson())
        .isEqualTo("{\"split\":\"train\",\"patient\":\"patient-0\"}");
    assertThat(sample.getPrompt()).isEmpty();
    assertThat(sample.hasSeed()).isFalse();
  }

  @Test
  void messages_imagesOfTwoSizes_areRefusedWithAdvice() throws Exception {
    Path films = films(film(0, 8, 8), film(1, 8, 6));

    assertThatThrownBy(() -> messages(data(films, null, 0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("image film-1 is 8 x 6")
        .hasMessageContaining("or say size: N beside the folder");
  }

  @Test
  void of_splitWithoutImages_namesTheEntry() throws Exception {
    Path films = films(film(0, 8, 8));

    assertThatThrownBy(() -> job(data(films, Split.VALIDATION, 0)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "datasets[0]: "
                + films
                + ": none of 1 images is in split validation (expected: one at least)");
  }

  @Test
  void of_theSameSamplesTwice_isRefused() throws Exception {
    Path films = films(film(0, 8, 8));

    assertThatThrownBy(() -> job(data(films, null, 0), data(films, null, 0)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("datasets[1]: the samples of ")
        .hasMessageEndingWith("again (expected: each dataset once)");
  }

  @Test
  void parts_ofWeights_areShares() throws Exception {
    TrainingJob job = job(new TrainingData.OnServer("a", 3), new TrainingData.OnServer("b", 1));

    assertThat(job.parts())
        .containsExactly(new TrainingJob.Part("a", 0, 0.75), new TrainingJob.Part("b", 0, 0.25));
  }
}
