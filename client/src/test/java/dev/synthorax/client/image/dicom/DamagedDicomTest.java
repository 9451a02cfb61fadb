package dev.synthorax.client.image.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DamagedDicomTest {
  private static final List<String> FILES =
      List.of(
          "mono2-8",
          "mono1-8-implicit",
          "nested",
          "nested-implicit",
          "voi-lut",
          "modality-lut",
          "rle-16",
          "jpeg-fragments",
          "jpeg-lossless-16",
          "no-meta-implicit",
          "big-endian",
          "deflated",
          "palette-16",
          "implicit-said-explicit",
          "jpeg-rgb-without-marker",
          "jpeg-ls-12",
          "jpeg-ls-16-near-5",
          "jpeg-ls-colour-planes",
          "jpeg-ls-colour-samples",
          "jpeg-2000-12",
          "jpeg-2000-lossy",
          "jpeg-2000-colour-ybr_rct",
          "jpeg-2000-in-jp2",
          "jpeg-extended-12");

  private static final int DEFLATED_META_BYTES = 316;

  static LongStream seeds() {
    return LongStream.range(0, 6);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void decode_mutatedBytes_isReadOrRefusedInOneLine(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);

    for (String name : FILES) {
      byte[] original = GoldenDicomTest.file(name);
      for (int round = 0; round < 40; round++) {
        byte[] file = original.clone();
        int changes = random.nextInt(1, 6);
        for (int i = 0; i < changes; i++) {
          int at = random.nextInt(file.length);
          file[at] =
              switch (random.nextInt(4)) {
                case 0 -> (byte) 0xFF;
                case 1 -> 0;
                case 2 -> (byte) (file[at] ^ 1 << random.nextInt(8));
                default -> (byte) random.nextInt(256);
              };
        }
        requireReadOrRefused(name, random.nextInt(5) > 0 ? file : cut(file, random));
      }
    }
  }

  private static byte[] cut(byte[] file, SplittableRandom random) {
    return Arrays.copyOf(file, random.nextInt(file.length));
  }

  private static void requireReadOrRefused(String name, byte[] file) {
    try {
      DicomImage image = DicomImage.decode(file, 4096);
      assertThat(image.image().width()).isEqualTo(image.header().columns());
    } catch (IOException e) {
      assertThat(e.getMessage()).as(name).isNotBlank().doesNotContain("\n");
    }
  }

  @Test
  void decode_cutAnywhere_isRefused() throws IOException {
    byte[] file = GoldenDicomTest.file("nested");

    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> DicomImage.decode(cut, 64))
          .as("%s bytes", length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(expected: ");
    }
  }

  @Test
  void decode_lengthBeyondTheFile_namesAttributeAndLength() throws IOException {
    byte[] file = GoldenDicomTest.file("mono2-8");
    int pixels = file.length - 480 - 12;

    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(pixels + 8, 0x7FFF_FFF0);

    assertThatThrownBy(() -> DicomImage.decode(file, 64))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "byte "
                + pixels
                + ", attribute (7FE0,0010): length 2147483632 (expected: at most 480, what is"
                + " left)");
  }

  @Test
  void decode_sequencesWithoutBottom_areRefused() {
    ByteBuffer file = ByteBuffer.allocate(132 + 100 * 20).order(ByteOrder.LITTLE_ENDIAN);
    file.position(128).put(new byte[] {'D', 'I', 'C', 'M'});
    while (file.remaining() >= 20) {
      file.putShort((short) 8).putShort((short) 0x2112).put((byte) 'S').put((byte) 'Q');
      file.putShort((short) 0).putInt(-1);
      file.putShort((short) 0xFFFE).putShort((short) 0xE000).putInt(-1);
    }

    assertThatThrownBy(() -> DicomImage.decode(file.array(), 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sequences nest deeper than 32");
  }

  @Test
  void decode_millionsOfAttributes_areRefusedBeforeMemoryRunsOut() {
    byte[] file = new byte[2_000_000]; // group 8, element 0, empty, again and again
    for (int i = 0; i + 8 <= file.length; i += 8) {
      file[i] = 8;
    }

    assertThatThrownBy(() -> DicomImage.decode(file, 64))
        .isInstanceOf(IOException.class)
        .hasMessage("more than 100000 attributes (expected: a radiograph)");
  }

  @Test
  void decode_deflatedToMoreThanAFilm_isRefusedBeforeMemoryRunsOut() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(Arrays.copyOf(GoldenDicomTest.file("deflated"), DEFLATED_META_BYTES));
    try (DeflaterOutputStream deflated =
        new DeflaterOutputStream(file, new Deflater(Deflater.BEST_SPEED, true))) {
      for (int i = 0; i < 17; i++) {
        deflated.write(new byte[1 << 20]);
      }
    }

    assertThatThrownBy(() -> DicomImage.decode(file.toByteArray(), 64))
        .isInstanceOf(IOException.class)
        .hasMessage("deflated attributes are longer than 16789504 bytes (expected: a film)");
  }

  @Test
  void decode_noDicom_saysSo() {
    assertThatThrownBy(() -> DicomImage.decode(new byte[200], 64))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("not a DICOM file");
  }
}
