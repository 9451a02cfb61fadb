package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardLine;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Twenty phantoms in every format of this package: what goes in comes out. */
class RoundTripTest {
  @TempDir private Path folder;

  private final List<String> warnings = new ArrayList<>();

  private List<Sample> roundTrip(DatasetFormat format, List<Sample> samples)
      throws IOException, InterruptedException {
    Path target = folder.resolve(format.wireName());
    Fixture.write(format, target, Fixture.options(warnings), samples);
    assertThat(DatasetFormat.detect(target)).isEqualTo(format);
    return Fixture.read(format, target);
  }

  @Test
  void folder_everything_comesBackInOrder() throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();

    List<Sample> read = roundTrip(DatasetFormat.FOLDER, samples);

    assertThat(read).isEqualTo(samples);
    assertThat(warnings).isEmpty();
  }

  @Test
  void webDataset_everything_comesBackByShardOfItsSplit() throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();

    List<Sample> read = roundTrip(DatasetFormat.WEBDATASET, samples);

    assertThat(read).containsExactlyInAnyOrderElementsOf(samples);
    assertThat(read.subList(0, 4)).allMatch(sample -> sample.info().split() == Split.TEST);
    assertThat(warnings).isEmpty();
  }

  @Test
  void shards_allButBoxesDoubtsAndOtherMasks_comeBack() throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();

    List<Sample> read = roundTrip(DatasetFormat.SHARDS, samples);

    for (int i = 0; i < samples.size(); i++) {
      ImageInfo info = samples.get(i).info();
      assertThat(read.get(i).image()).isEqualTo(samples.get(i).image());
      assertThat(read.get(i).masks()).hasSize(3);
      for (Structure structure : Structure.CHANNELS) {
        assertThat(read.get(i).mask(structure)).isEqualTo(samples.get(i).mask(structure));
      }
      Map<String, Object> attributes = new HashMap<>(info.attributes());
      attributes.putAll(ShardLine.facts(info));
      Map<String, Label> labels = new HashMap<>(info.labels());
      labels.values().removeIf(label -> label == Label.UNCERTAIN);
      assertThat(read.get(i).info())
          .isEqualTo(
              info.toBuilder().boxes(List.of()).labels(labels).attributes(attributes).build());
    }
    String first = " (first: " + samples.getFirst().id() + ")";
    assertThat(warnings)
        .containsExactly(
            "shards: cannot hold boxes; dropped" + first,
            "shards: cannot hold uncertain labels; dropped" + first,
            "shards: attribute view becomes what the table says of it" + first,
            "shards: cannot hold masks of left_lung, right_lung, rib_fracture, chest_tube; dropped"
                + first);
  }

  @Test
  void shards_filmsWithoutMasks_areWrittenWithoutAnyKnown()
      throws IOException, InterruptedException {
    Sample phantom = Fixture.samples().getFirst();
    Sample film = new Sample(phantom.info(), phantom.image(), Map.of());

    List<Sample> read = roundTrip(DatasetFormat.SHARDS, List.of(film));

    assertThat(read.getFirst().masks()).isEmpty();
    Dataset dataset =
        Fixture.open(DatasetFormat.SHARDS, folder.resolve(DatasetFormat.SHARDS.wireName()));
    assertThat(dataset.images().getFirst().source().structures()).isEmpty();
  }

  @Test
  void nnUNet_pixelsMasksAndSplits_comeBackAndTheRestIsReported()
      throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();

    Map<String, Sample> read = Fixture.byId(roundTrip(DatasetFormat.NNUNET, samples));

    assertThat(read).hasSize(20);
    for (Sample sample : samples) {
      Sample back = requireNonNull(read.get(sample.id()));
      assertThat(back.image()).isEqualTo(sample.image());
      assertThat(back.masks()).isEqualTo(sample.masks());
      assertThat(back.info().split()).isEqualTo(sample.info().split());
    }
    assertThat(warnings).hasSize(3).allMatch(warning -> warning.contains("cannot hold"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"CHEXPERT", "MIMIC_CXR_JPG"})
  void jpegFormats_labelsSplitsAndGroups_comeBackWithNearlyTheSamePixels(DatasetFormat format)
      throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>(Fixture.samples());
    samples.sort(Comparator.comparing(sample -> sample.info().split()));

    List<Sample> read = roundTrip(format, samples);

    Map<String, String> patients = new HashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      ImageInfo info = samples.get(i).info();
      ImageInfo back = read.get(i).info();
      assertThat(Fixture.difference(read.get(i).image(), samples.get(i).image())).isLessThan(2);
      assertThat(back.labels()).isEqualTo(Fixture.labels(info, Vocabulary.CHEXPERT));
      assertThat(back.split()).isEqualTo(info.split());
      assertThat(back.view()).isEqualTo(info.view());
      if (format == DatasetFormat.CHEXPERT) {
        assertThat(back.sex()).isEqualTo(info.sex());
        assertThat(back.ageYears()).isEqualTo(info.ageYears());
      }
      assertThat(patients.computeIfAbsent(info.patientId(), key -> back.patientId()))
          .isEqualTo(back.patientId());
    }
    assertThat(new HashSet<>(patients.values())).hasSize(10);
    assertThat(warnings).hasSize(2);
    assertThat(warnings.getFirst()).contains("cannot hold masks, boxes");
    assertThat(warnings.get(1)).contains("are numbered");
  }

  @Test
  void nih_pixelsLabelsBoxesAndPatients_comeBackAndTheRestIsReported()
      throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();

    List<Sample> read = roundTrip(DatasetFormat.NIH, samples);

    for (int i = 0; i < samples.size(); i++) {
      ImageInfo info = samples.get(i).info();
      ImageInfo back = read.get(i).info();
      assertThat(read.get(i).image()).isEqualTo(samples.get(i).image());
      assertThat(back.boxes()).isEqualTo(info.boxes());
      assertThat(back.sex()).isEqualTo(info.sex());
      assertThat(back.ageYears()).isEqualTo(info.ageYears());
      assertThat(back.view()).isEqualTo(info.view());
      assertThat(back.split()).isEqualTo(info.split() == Split.TEST ? Split.TEST : Split.TRAIN);
      for (String label : Vocabulary.NIH.labels()) {
        if (!label.equals(ImageInfo.NO_FINDING)) {
          assertThat(back.has(label)).isEqualTo(info.has(label));
        }
      }
      assertThat(back.labels()).hasSize(15).doesNotContainValue(Label.UNCERTAIN);
    }
    assertThat(warnings)
        .anyMatch(warning -> warning.contains("cannot hold labels of fracture"))
        .anyMatch(warning -> warning.contains("validation becomes train"))
        .anyMatch(warning -> warning.contains("not mentioned become negative"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"CHEXPERT", "MIMIC_CXR_JPG", "NIH", "NNUNET", "WEBDATASET", "FOLDER", "SHARDS"})
  void write_sameSamplesTwice_givesTheSameBytes(DatasetFormat format)
      throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples().subList(0, 6);
    List<Map<String, Integer>> written = new ArrayList<>();

    for (String name : List.of("one", "two")) {
      Fixture.write(format, folder.resolve(name), Fixture.options(warnings), samples);
      written.add(Fixture.bytes(folder.resolve(name)));
    }

    assertThat(written.get(0)).isNotEmpty().isEqualTo(written.get(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"CHEXPERT", "MIMIC_CXR_JPG", "NIH", "NNUNET", "WEBDATASET", "FOLDER", "SHARDS"})
  void readAndWriteAgain_sameFormat_changesNothingButJpeg(DatasetFormat format)
      throws IOException, InterruptedException {
    List<Sample> first = roundTrip(format, Fixture.samples());

    Path again = folder.resolve("again");
    Fixture.write(format, again, Fixture.options(new ArrayList<>()), first);
    List<Sample> second = Fixture.read(format, again);

    assertThat(second.stream().map(Sample::info).toList())
        .isEqualTo(first.stream().map(Sample::info).toList());
    assertThat(second.stream().map(Sample::masks).toList())
        .isEqualTo(first.stream().map(Sample::masks).toList());
  }

  @Test
  void structures_allSeven_comeBackFromFolderWebDatasetNnUNetAndShards()
      throws IOException, InterruptedException {
    Sample phantom = Fixture.samples().getFirst();
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    int bit = 0;
    for (Structure structure : Structure.values()) {
      byte[] cells = new byte[64 * 64];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = (byte) (((i / 7) >> bit) & 1);
      }
      masks.put(structure, BinaryMask.of(64, 64, cells));
      bit++;
    }
    List<Sample> samples = List.of(new Sample(phantom.info(), phantom.image(), masks));

    for (DatasetFormat format :
        List.of(DatasetFormat.FOLDER, DatasetFormat.WEBDATASET, DatasetFormat.NNUNET)) {
      assertThat(roundTrip(format, samples).getFirst().masks()).isEqualTo(masks);
    }
    Path shards = folder.resolve("all");
    Fixture.write(
        DatasetFormat.SHARDS,
        shards,
        Fixture.options(warnings).withStructures(List.of(Structure.values())),
        samples);
    assertThat(Fixture.read(DatasetFormat.SHARDS, shards).getFirst().masks()).isEqualTo(masks);
  }
}
