package dev.synthorax.client.image.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenDicomTest {
  static Path folder() throws URISyntaxException {
    URL folder = GoldenDicomTest.class.getResource("/golden/dicom");
    assertThat(folder).isNotNull();
    return Path.of(folder.toURI());
  }

  static byte[] file(String name) throws IOException {
    try (InputStream input =
        GoldenDicomTest.class.getResourceAsStream("/golden/dicom/" + name + ".dcm")) {
      return input.readAllBytes();
    }
  }

  static List<String> readable() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".expected"))
          .map(name -> name.substring(0, name.length() - ".expected".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("readable")
  void decode_filesByPydicom_haveItsValuesAndGrey(String name) throws Exception {
    ByteBuffer expected =
        ByteBuffer.wrap(Files.readAllBytes(folder().resolve(name + ".expected")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int tolerance = name.matches("jpeg-(baseline|fragments|extended.*|rgb.*|2000-lossy)") ? 1 : 0;

    DicomImage dicom = DicomImage.decode(file(name), 24);

    int[] stored = dicom.storedValues();
    assertThat(stored).hasSize(24 * 20);
    for (int i = 0; i < stored.length; i++) {
      int value = expected.getInt(4 * i);
      assertThat(Math.abs(stored[i] - value))
          .as("stored value %s is %s, expected %s", i, stored[i], value)
          .isLessThanOrEqualTo(tolerance);
    }
    byte[] grey = dicom.image().toBytes();
    for (int i = 0; i < grey.length; i++) {
      int value = expected.get(4 * stored.length + i) & 0xFF;
      assertThat(Math.abs((grey[i] & 0xFF) - value))
          .as("grey %s is %s, expected %s", i, grey[i] & 0xFF, value)
          .isLessThanOrEqualTo(tolerance);
    }
  }

  @Test
  void readable_casesOfTheFolder_areAllThere() throws Exception {
    assertThat(readable()).hasSizeGreaterThan(70);
  }

  @ParameterizedTest
  @CsvSource({
    "mono2-8,1.2.840.10008.1.2.1",
    "mono1-8-implicit,1.2.840.10008.1.2",
    "no-preamble,1.2.840.10008.1.2.1",
    "no-meta-implicit,1.2.840.10008.1.2",
    "nested-implicit,1.2.840.10008.1.2",
    "jpeg-lossless-12,1.2.840.10008.1.2.4.70",
  })
  void header_filesByPydicom_holdsTheirAttributes(String name, String transferSyntax)
      throws Exception {
    DicomHeader header = DicomImage.decode(file(name), 64).header();

    assertThat(header)
        .isEqualTo(
            new DicomHeader(
                "1.2.826.0.1.3680043.8.498.1",
                "1.2.826.0.1.3680043.8.498.2",
                "1.2.826.0.1.3680043.8.498.3",
                "nobody",
                "F",
                34,
                "PA",
                "CR",
                20,
                24,
                List.of(0.143, 0.144),
                List.of(),
                transferSyntax,
                false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "multi-frame|(0028,0008) number of frames: 2 (expected: 1, a single radiograph)",
        "htj2k|(0002,0010) transfer syntax uid: 1.2.840.10008.1.2.4.201 high-throughput JPEG 2000"
            + " (expected:",
        "palette-segmented|(0028,1201) red palette data: segmented (expected:",
      })
  void decode_codingsThatAreNotRead_saysWhich(String name, String message) throws IOException {
    byte[] file = file(name);

    assertThatThrownBy(() -> DicomImage.decode(file, 64))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void decode_beyondTheLimit_isRefused() throws IOException {
    byte[] file = file("mono2-8");

    assertThatThrownBy(() -> DicomImage.decode(file, 23))
        .isInstanceOf(IOException.class)
        .hasMessage("image of 24 x 20 pixels (expected: 1 to 23 a side)");
  }
}
