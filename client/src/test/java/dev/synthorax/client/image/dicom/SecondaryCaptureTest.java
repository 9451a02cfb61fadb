package dev.synthorax.client.image.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecondaryCaptureTest {
  private static final String UID = DicomUid.of("test", "radiograph");

  private static GrayImage ramp() {
    byte[] pixels = new byte[61 * 43];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 61 * 2 + i / 61);
    }
    return GrayImage.of(61, 43, pixels);
  }

  private static SecondaryCapture.Builder radiograph() {
    return SecondaryCapture.builder(ramp(), UID)
        .study(DicomUid.of("test", "study"), DicomUid.of("test", "series"))
        .patient("SYNTHETIC-000007", "F", 34)
        .viewPosition("PA")
        .description("Made by the thorax phantom from seed 7, müde")
        .madeBy("thorax phantom", "1.0");
  }

  @Test
  void toFile_uncompressed_isReadBackAlike() throws IOException {
    byte[] file = radiograph().build().toFile();

    DicomImage read = DicomImage.decode(file, 64);

    assertThat(read.image()).isEqualTo(ramp());
    assertThat(read.header().sopInstanceUid()).isEqualTo(UID);
    assertThat(read.header().studyInstanceUid()).isEqualTo(DicomUid.of("test", "study"));
    assertThat(read.header().seriesInstanceUid()).isEqualTo(DicomUid.of("test", "series"));
    assertThat(read.header().patientId()).isEqualTo("SYNTHETIC-000007");
    assertThat(read.header().patientSex()).isEqualTo("F");
    assertThat(read.header().ageYears()).isEqualTo(34);
    assertThat(read.header().viewPosition()).isEqualTo("PA");
    assertThat(read.header().modality()).isEqualTo("CR");
    assertThat(read.header().syntheticData()).isTrue();
  }

  @Test
  void toFile_jpeg_isCloseAndSaysLossy() throws IOException {
    byte[] file = radiograph().build().toJpegFile(95);

    DicomImage read = DicomImage.decode(file, 64);

    assertThat(read.header().transferSyntaxUid()).isEqualTo("1.2.840.10008.1.2.4.50");
    byte[] expected = ramp().toBytes();
    byte[] pixels = read.image().toBytes();
    for (int i = 0; i < pixels.length; i++) {
      assertThat(Math.abs((pixels[i] & 0xFF) - (expected[i] & 0xFF))).isLessThanOrEqualTo(6);
    }
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).contains("ISO_10918_1");
  }

  @Test
  void toFile_filesThatPydicomAccepted_areTheseBytes() throws IOException {
    byte[] cells = new byte[61 * 43];
    for (int i = 500; i < 900; i++) {
      cells[i] = 1;
    }
    SecondaryCapture mask =
        SecondaryCapture.builder(
                BinaryMask.of(61, 43, cells).toImage(), DicomUid.of("test", "mask"))
            .study(DicomUid.of("test", "study"), DicomUid.of("test", "masks"))
            .patient("SYNTHETIC-000007", "", null)
            .description("Mask of the heart")
            .madeBy("thorax phantom", "1.0")
            .maskOf(UID)
            .build();

    assertThat(radiograph().build().toFile()).isEqualTo(GoldenDicomTest.file("written/radiograph"));
    assertThat(radiograph().build().toJpegFile(95))
        .isEqualTo(GoldenDicomTest.file("written/radiograph-jpeg"));
    assertThat(mask.toFile()).isEqualTo(GoldenDicomTest.file("written/mask"));
  }

  @Test
  void toFile_identifyingText_isSaid() {
    byte[] without = radiograph().build().toFile();
    byte[] with = radiograph().identifyingText(true).build().toFile();

    assertThat(new String(without, StandardCharsets.ISO_8859_1))
        .contains("\u0001\u0003CS\u0002\0NO");
    assertThat(new String(with, StandardCharsets.ISO_8859_1))
        .contains("\u0001\u0003CS\u0004\0YES ");
  }

  @Test
  void toFile_realImage_isNotCalledSynthetic() throws IOException {
    byte[] file = radiograph().synthetic(false).build().toFile();

    assertThat(DicomImage.decode(file, 64).header().syntheticData()).isFalse();
    assertThat(new String(file, StandardCharsets.ISO_8859_1))
        .doesNotContainIgnoringCase("synthetic ");
  }

  @Test
  void build_whatDicomCannotHold_isRefused() {
    assertThatThrownBy(() -> SecondaryCapture.builder(ramp(), "image-7").build())
        .hasMessage("uid: 'image-7' (expected: numbers and dots, at most 64 characters)");
    assertThatThrownBy(() -> radiograph().patient("a\\b", "F", 3).build())
        .hasMessageStartingWith("patientId: 'a\\b' (expected: at most 64 characters");
    assertThatThrownBy(() -> radiograph().patient("a", "female", 3).build())
        .hasMessageStartingWith("patientSex: 'female' (expected: at most 16 capitals");
    assertThatThrownBy(() -> radiograph().patient("a", "F", 1000).build())
        .hasMessage("ageYears: 1000 (expected: 0..999)");
    assertThatThrownBy(() -> radiograph().description("two\nlines").build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uid_equalNames_isEqualAndValid() {
    String uid = DicomUid.of("a", "bc");

    assertThat(uid).isEqualTo(DicomUid.of("a", "bc")).startsWith("2.25.");
    assertThat(DicomUid.isUid(uid)).isTrue();
    assertThat(DicomUid.of("ab", "c")).isNotEqualTo(uid);
    assertThat(DicomUid.isUid("1.02")).isFalse();
    assertThat(DicomUid.isUid("1")).isFalse();
  }
}
