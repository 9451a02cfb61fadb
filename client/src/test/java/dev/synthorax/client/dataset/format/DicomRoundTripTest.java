package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.dicom.DicomImage;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Phantoms written as SIIM, CANDID-PTX and RSNA, and read back. */
class DicomRoundTripTest {
  private static final int COUNT = 24;

  private static final List<Set<Finding>> FINDINGS =
      List.of(
          Set.of(Finding.PNEUMONIA),
          Set.of(Finding.PNEUMOTHORAX),
          Set.of(Finding.RIB_FRACTURE),
          Set.of(Finding.NORMAL));

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();

  private static List<Sample> phantoms() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Sample phantom = Phantoms.sample(new PhantomSpec(i, 64, FINDINGS.get(i % FINDINGS.size())));
      ImageInfo.Builder info = phantom.info().toBuilder().patientId("patient " + i / 2);
      samples.add(new Sample(info.build(), phantom.image(), phantom.masks()));
    }
    return samples;
  }

  private void write(DatasetFormat format, Path target, WriteOptions options, List<Sample> samples)
      throws IOException, InterruptedException {
    format.write(
        target,
        options,
        writer -> {
          for (Sample sample : samples) {
            writer.add(sample);
          }
        });
  }

  private WriteOptions options() {
    return WriteOptions.of(warnings::add);
  }

  private List<Sample> roundTrip(DatasetFormat format, List<Sample> samples)
      throws IOException, InterruptedException {
    Path target = folder.resolve("set" + warnings.size() + samples.hashCode());
    write(format, target, options(), samples);
    assertThat(DatasetFormat.detect(target)).isEqualTo(format);
    return read(format, target);
  }

  private static List<Sample> read(DatasetFormat format, Path target) throws IOException {
    List<Sample> read = new ArrayList<>();
    for (DatasetImage image : format.open(target, ReadOptions.DEFAULT).images()) {
      read.add(image.load());
    }
    return read;
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"SIIM", "CANDID_PTX", "RSNA"})
  void write_phantoms_comeBackWithPixelsSexAgeAndView(DatasetFormat format)
      throws IOException, InterruptedException {
    List<Sample> samples = phantoms();

    List<Sample> read = roundTrip(format, samples);

    assertThat(read).hasSize(COUNT);
    for (int i = 0; i < COUNT; i++) {
      ImageInfo info = samples.get(i).info();
      ImageInfo back = read.get(i).info();
      assertThat(read.get(i).image()).isEqualTo(samples.get(i).image());
      assertThat(back.sex()).isEqualTo(info.sex());
      assertThat(back.ageYears()).isEqualTo(info.ageYears());
      assertThat(back.view()).isEqualTo(info.view());
      assertThat(back.attributes()).isEqualTo(Map.of(DicomFiles.SYNTHETIC_DATA, true));
    }
  }

  @Test
  void siim_labelsAndMasksOfPneumothorax_comeBack() throws IOException, InterruptedException {
    List<Sample> samples = phantoms();

    List<Sample> read = roundTrip(DatasetFormat.SIIM, samples);

    Set<Label> seen = new HashSet<>();
    for (int i = 0; i < COUNT; i++) {
      Sample sample = samples.get(i);
      BinaryMask mask = sample.mask(Structure.PNEUMOTHORAX);
      assertThat(read.get(i).masks()).isEqualTo(Map.of(Structure.PNEUMOTHORAX, mask));
      Label label = mask.area() > 0 ? Label.POSITIVE : Label.NEGATIVE;
      assertThat(read.get(i).info().labels()).isEqualTo(Map.of("pneumothorax", label));
      seen.add(label);
    }
    assertThat(seen).hasSize(2);
    assertThat(warnings)
        .hasSizeLessThan(9)
        .anyMatch(warning -> warning.contains("cannot hold masks of lungs, heart, left_lung"))
        .anyMatch(warning -> warning.contains("every image becomes a patient of its own"))
        .anyMatch(warning -> warning.contains("get DICOM identifiers"));
  }

  @Test
  void candid_allMasksLabelsPatientsAndReports_comeBack() throws IOException, InterruptedException {
    List<Sample> samples = phantoms();

    List<Sample> read = roundTrip(DatasetFormat.CANDID_PTX, samples);

    Map<String, String> patients = new TreeMap<>();
    int tubes = 0;
    for (int i = 0; i < COUNT; i++) {
      Sample sample = samples.get(i);
      Sample back = read.get(i);
      assertThat(back.masks()).isEqualTo(sample.masks());
      assertThat(back.info().text()).isEqualTo(sample.info().text());
      for (String label : List.of("pneumothorax", "fracture")) {
        assertThat(back.info().label(label)).as(label).isEqualTo(sample.info().label(label));
      }
      assertThat(back.info().has("support_devices"))
          .isEqualTo(sample.mask(Structure.CHEST_TUBE).area() > 0);
      tubes += back.info().has("support_devices") ? 1 : 0;
      assertThat(
              patients.computeIfAbsent(sample.info().patientId(), key -> back.info().patientId()))
          .isEqualTo(back.info().patientId());
    }
    assertThat(new HashSet<>(patients.values())).hasSize(COUNT / 2);
    assertThat(tubes).isBetween(1, COUNT - 1);
  }

  @Test
  void rsna_pneumoniaBoxesAndIds_comeBack() throws IOException, InterruptedException {
    List<Sample> samples = phantoms();

    List<Sample> read = roundTrip(DatasetFormat.RSNA, samples);

    int boxes = 0;
    for (int i = 0; i < COUNT; i++) {
      ImageInfo info = samples.get(i).info();
      ImageInfo back = read.get(i).info();
      assertThat(back.id()).isEqualTo(info.id());
      assertThat(back.label("pneumonia")).isEqualTo(info.label("pneumonia"));
      assertThat(back.label("no_finding")).isEqualTo(info.label("no_finding"));
      List<Box> expected =
          info.boxes().stream().filter(box -> box.label().equals("pneumonia")).toList();
      assertThat(back.boxes()).isEqualTo(expected);
      boxes += expected.size();
    }
    assertThat(boxes).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"SIIM", "CANDID_PTX", "RSNA"})
  void write_again_givesTheSameBytesAndReadsAlike(DatasetFormat format)
      throws IOException, InterruptedException {
    List<Sample> samples = phantoms().subList(0, 8);
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    Path again = folder.resolve("again");

    write(format, one, options(), samples);
    write(format, two, options(), samples);
    write(format, again, options(), read(format, one));

    assertThat(bytes(one)).isNotEmpty().isEqualTo(bytes(two));
    assertThat(read(format, again)).isEqualTo(read(format, one));
  }

  private static Map<String, Integer> bytes(Path root) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(path).toString(), Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  @Test
  void write_jpeg_isSmallerAndNearlyTheSame() throws IOException, InterruptedException {
    List<Sample> samples = phantoms().subList(0, 2);
    Path target = folder.resolve("jpeg");

    write(DatasetFormat.SIIM, target, options().withEncoding(PixelEncoding.JPEG), samples);

    byte[] pixels = read(DatasetFormat.SIIM, target).getFirst().image().toBytes();
    byte[] expected = samples.getFirst().image().toBytes();
    long sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      sum += Math.abs((pixels[i] & 0xFF) - (expected[i] & 0xFF));
    }
    assertThat((double) sum / pixels.length).isLessThan(2);
  }

  @Test
  void write_whatThePatientGave_isNotCalledSynthetic() throws IOException, InterruptedException {
    Sample phantom = phantoms().getFirst();
    ImageInfo real = phantom.info().toBuilder().seed(null).id("1.2.3").build();
    Path target = folder.resolve("real");

    write(
        DatasetFormat.CANDID_PTX,
        target,
        options(),
        List.of(new Sample(real, phantom.image(), phantom.masks())));

    byte[] file = Files.readAllBytes(target.resolve("dataset/1.2.3"));
    assertThat(DicomImage.decode(file, 64).header().syntheticData()).isFalse();
  }

  @Test
  void write_whatTheFormatCannotHold_isRefused() {
    Sample phantom = phantoms().getFirst();
    Sample uncertain =
        new Sample(
            phantom.info().toBuilder().label("pneumothorax", Label.UNCERTAIN).build(),
            phantom.image(),
            phantom.masks());
    Sample unoutlined =
        new Sample(
            phantom.info().toBuilder().label("pneumothorax", Label.POSITIVE).build(),
            phantom.image(),
            Map.of());
    Sample unboxed =
        new Sample(
            phantom.info().toBuilder().label("pneumonia", Label.POSITIVE).boxes(List.of()).build(),
            phantom.image(),
            Map.of());

    assertThatThrownBy(
            () -> write(DatasetFormat.SIIM, folder.resolve("a"), options(), List.of(uncertain)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pneumothorax is uncertain (expected for siim:");
    assertThatThrownBy(
            () ->
                write(
                    DatasetFormat.CANDID_PTX, folder.resolve("b"), options(), List.of(unoutlined)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pneumothorax without a mask (expected for candid-ptx:");
    assertThatThrownBy(
            () -> write(DatasetFormat.RSNA, folder.resolve("c"), options(), List.of(unboxed)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pneumonia without a box (expected for rsna:");
  }
}
