package dev.synthorax.client.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the decoders do not read, they refuse by name. What they read is in the DICOM files. */
class CodecRefusalTest {
  private static final int J2K_SIZE_END = 2 + 2 + 41;
  private static final int JLS_FRAME_END = 2 + 2 + 11;

  /** Returns a coded image: what begins so in a golden file. */
  private static byte[] coded(String name, String begin) throws IOException {
    byte[] file;
    try (InputStream input =
        CodecRefusalTest.class.getResourceAsStream("/golden/dicom/" + name + ".dcm")) {
      file = input.readAllBytes();
    }
    byte[] start = HexFormat.of().parseHex(begin);
    int at = 0;
    while (!Arrays.equals(file, at, at + start.length, start, 0, start.length)) {
      at++;
    }
    return Arrays.copyOfRange(file, at, file.length);
  }

  private static byte[] inserted(byte[] bytes, int at, String hex) {
    byte[] more = HexFormat.of().parseHex(hex);
    byte[] result = new byte[bytes.length + more.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(more, 0, result, at, more.length);
    System.arraycopy(bytes, at, result, at + more.length, bytes.length - at);
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "ff5e0005000002,JPEG 2000 image: a region of interest (expected: none)",
    "ff5f000400ff,JPEG 2000 image: a change of progression (expected: one order of packets)",
    "ff600003ff,JPEG 2000 image: packed packet headers (expected: headers in place)",
    "ff50000600020000,JPEG 2000 image: extended capabilities (expected: part 1 of the standard)",
  })
  void jpeg2000_segmentsThatAreNotRead_saysWhich(String segment, String message)
      throws IOException {
    byte[] coded = inserted(coded("jpeg-2000-12", "ff4fff51"), J2K_SIZE_END, segment);

    assertThatThrownBy(() -> Jpeg2000.decode(coded, 64))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @Test
  void jpeg2000_cutBehindItsHeader_saysWhatIsMissing() throws IOException {
    byte[] coded = coded("jpeg-2000-12", "ff4fff51");
    int tile = 0;
    while (coded[tile] != (byte) 0xFF || coded[tile + 1] != (byte) 0x90) {
      tile++;
    }
    byte[] cut = Arrays.copyOf(coded, tile + 20);

    assertThatThrownBy(() -> Jpeg2000.decode(cut, 64))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("JPEG 2000 image is damaged or truncated: tile 0, ")
        .hasMessageEndingWith("(expected: less than 1, at most 20)");
  }

  @Test
  void decode_beyondTheLimit_isRefused() throws IOException {
    byte[] jpeg2000 = coded("jpeg-2000-12", "ff4fff51");
    byte[] jpegLs = coded("jpeg-ls-12", "ffd8fff7");
    byte[] extended = coded("jpeg-extended-12", "ffd8");

    assertThat(Jpeg2000.decode(jpeg2000, 24).precision()).isEqualTo(12);
    assertThatThrownBy(() -> Jpeg2000.decode(jpeg2000, 23))
        .hasMessage("JPEG 2000 image: 24 x 20 pixels (expected: 1 to 23 a side)");
    assertThatThrownBy(() -> JpegLs.decode(jpegLs, 23))
        .hasMessage("JPEG-LS image: 24 x 20 pixels (expected: 1 to 23 a side)");
    assertThatThrownBy(() -> ExtendedJpeg.decode(extended, 23))
        .hasMessage("JPEG image: 24 x 20 pixels (expected: 1 to 23 a side)");
  }

  @ParameterizedTest
  @CsvSource({
    "ffdd00040001,JPEG-LS image: restart intervals (expected: none)",
    "fff80003 02,'JPEG-LS image: parameters of type 2 (expected: 1, thresholds)'",
    "ffe800076d72667801,JPEG-LS image: a colour transform of a vendor (expected: none)",
    "ffd1 0002,'JPEG-LS image: marker FFD1 (expected: FFF7, FFF8, FFDA and the like of JPEG-LS)'",
  })
  void jpegLs_segmentsThatAreNotRead_saysWhich(String segment, String message) throws IOException {
    String hex = segment.replace(" ", "");
    byte[] coded = inserted(coded("jpeg-ls-12", "ffd8fff7"), JLS_FRAME_END, hex);

    assertThatThrownBy(() -> JpegLs.decode(coded, 64))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @Test
  void jpegLs_cutInItsPixels_saysWhere() throws IOException {
    byte[] coded = coded("jpeg-ls-12", "ffd8fff7");
    byte[] cut = Arrays.copyOf(coded, 60);

    assertThatThrownBy(() -> JpegLs.decode(cut, 64))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "JPEG-LS image is damaged or truncated: pixels end at byte 60 (expected: more)");
  }
}
