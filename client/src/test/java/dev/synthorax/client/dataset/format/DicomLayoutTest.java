package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DicomLayoutTest {
  @TempDir Path folder;

  private void film(String path, String uid, String patient, String view, int grey)
      throws IOException {
    byte[] pixels = new byte[12];
    Arrays.fill(pixels, (byte) grey);
    SecondaryCapture.Builder film =
        SecondaryCapture.builder(GrayImage.of(4, 3, pixels), uid)
            .study("2.25.7" + uid.charAt(uid.length() - 1), "2.25.8")
            .viewPosition(view);
    byte[] file = (patient.isEmpty() ? film : film.patient(patient, "F", 41)).build().toFile();
    String text = new String(file, StandardCharsets.ISO_8859_1);
    write(path, text.replace("SYNTHETIC ", " ".repeat(10)).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void write(String path, byte[] bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** A file with one attribute, its class, and no image. */
  private static byte[] report() {
    byte[] file = new byte[132 + 8 + 26];
    byte[] uid = "1.2.840.10008.5.1.4.1.1.88".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(new byte[] {'D', 'I', 'C', 'M'}, 0, file, 128, 4);
    System.arraycopy(new byte[] {8, 0, 0x16, 0, 'U', 'I', 26, 0}, 0, file, 132, 8);
    System.arraycopy(uid, 0, file, 140, 26);
    return file;
  }

  @Test
  void open_filesOfAnyNameAndDepth_givesPatientsStudiesAndViews() throws IOException {
    film("IM000001", "2.25.1", "anna", "PA", 10);
    film("disc/A/B/film.DCM", "2.25.2", "anna", "LL", 20);
    film("x/no-patient", "2.25.3", "", "", 30);
    write("DICOMDIR", report());

    Dataset dataset = DatasetFormat.detect(folder).open(folder, ReadOptions.DEFAULT);

    assertThat(dataset.format()).isEqualTo("dicom");
    assertThat(dataset.warnings()).isEmpty();
    List<ImageInfo> infos = dataset.images().stream().map(DatasetImage::info).toList();
    assertThat(infos).extracting(ImageInfo::id).containsExactly("2.25.1", "2.25.2", "2.25.3");
    assertThat(infos).extracting(ImageInfo::patientId).containsExactly("anna", "anna", "2.25.73");
    assertThat(infos)
        .extracting(ImageInfo::studyId)
        .containsExactly("2.25.71", "2.25.72", "2.25.73");
    assertThat(infos).extracting(ImageInfo::view).containsExactly(View.PA, View.LL, null);
    assertThat(infos).extracting(ImageInfo::sex).containsExactly(Sex.FEMALE, Sex.FEMALE, null);
    assertThat(infos).extracting(ImageInfo::ageYears).containsExactly(41, 41, null);
    assertThat(dataset.images().get(1).load().image().toBytes()).containsOnly(20);
  }

  @Test
  void open_otherFilesBetween_countsWhatIsPassedOver() throws IOException {
    film("a", "2.25.1", "anna", "PA", 10);
    film("b", "2.25.1", "anna", "PA", 10);
    write("notes.txt", new byte[] {'x'});
    write("report", report());

    Dataset dataset = DatasetFormat.DICOM.open(folder, ReadOptions.DEFAULT);

    assertThat(dataset.images()).hasSize(1);
    assertThat(dataset.warnings())
        .containsExactlyInAnyOrder(
            folder + ": 1 file is no image and was passed over: notes.txt",
            folder.resolve("b") + ": the image of " + folder.resolve("a") + " again, passed over",
            folder.resolve("report") + ": DICOM without an image, passed over");
  }

  @Test
  void open_linksToNoFile_areNamedAndThoseOfDicomCount() throws IOException {
    film("a", "1.2.3.1", "p", "PA", 10);
    Files.createSymbolicLink(folder.resolve("b.dcm"), Path.of("gone.dcm"));
    Files.createSymbolicLink(folder.resolve("c.png"), Path.of("gone.png"));

    Dataset dataset = Fixture.open(DatasetFormat.DICOM, folder);

    assertThat(dataset.images()).hasSize(2);
    assertThat(dataset.warnings())
        .contains(
            folder.resolve("b.dcm") + ": a link to no file",
            folder.resolve("c.png") + ": no DICOM, passed over");
    assertThatThrownBy(() -> dataset.images().get(1).load())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("b.dcm") + ": no such file");
  }

  @Test
  void open_damagedFile_isAnImageThatCannotBeRead() throws IOException {
    film("a.dcm", "2.25.1", "anna", "PA", 10);
    write("b.dcm", new byte[300]);

    Dataset dataset = DatasetFormat.DICOM.open(folder, ReadOptions.DEFAULT);

    assertThat(dataset.images()).hasSize(2);
    assertThat(dataset.warnings()).singleElement().asString().contains("not a DICOM file");
    assertThatThrownBy(() -> dataset.images().get(1).load())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("b.dcm") + ": not a DICOM file");
  }

  @Test
  void detect_tablesOfAnotherFormat_areThatFormat() throws IOException {
    film("dicom-images-train/1/2/2.25.1.dcm", "2.25.1", "anna", "PA", 10);
    write("train-rle.csv", "ImageId, EncodedPixels\n2.25.1, -1\n".getBytes(StandardCharsets.UTF_8));

    assertThat(DatasetFormat.detect(folder)).isEqualTo(DatasetFormat.SIIM);
  }

  @Test
  void write_phantoms_comeBack() throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Sample phantom = Phantoms.sample(new PhantomSpec(i, 64, Set.of(Finding.NORMAL)));
      ImageInfo info = phantom.info().toBuilder().patientId("patient " + i / 2).build();
      samples.add(new Sample(info, phantom.image(), phantom.masks()));
    }
    List<String> warnings = new ArrayList<>();
    Path target = folder.resolve("out");

    DatasetFormat.DICOM.write(
        target,
        WriteOptions.of(warnings::add),
        writer -> {
          for (Sample sample : samples) {
            writer.add(sample);
          }
        });

    Dataset dataset = DatasetFormat.detect(target).open(target, ReadOptions.DEFAULT);
    assertThat(dataset.format()).isEqualTo("dicom");
    assertThat(warnings).anyMatch(line -> line.contains("masks of"));
    Set<GrayImage> images = new HashSet<>();
    Set<String> patients = new HashSet<>();
    for (DatasetImage image : dataset.images()) {
      images.add(image.load().image());
      patients.add(image.info().patientId());
    }
    assertThat(images).isEqualTo(new HashSet<>(samples.stream().map(Sample::image).toList()));
    assertThat(patients).containsExactlyInAnyOrder("patient 0", "patient 1");
  }
}
