package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleDepthTest {
  private static byte[] file(String format, int type, int brightest) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.getRaster().setSample(2, 1, 0, brightest);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "png, 4095, above 4095 of, by 16)",
    "png, 1000, above 1023 of, by 64)",
    "png, 200, above 255 of, by 256)",
    "tiff, 4095, above 4095 of, by 16)",
    "tiff, 16383, above 16383 of, by 4)",
  })
  void cornerOfRange_deepImageWithSmallValues_saysHowFarTheyReach(
      String format, int brightest, String reach, String factor) throws IOException {
    byte[] file = file(format, BufferedImage.TYPE_USHORT_GRAY, brightest);

    assertThat(SampleDepth.cornerOfRange(file, Images.decode(file, 8)))
        .startsWith("16-bit image without a value ")
        .contains(reach)
        .endsWith(factor);
  }

  @ParameterizedTest
  @CsvSource({"png, 11, 16384", "tiff, 11, 65535", "png, 10, 3", "tiff, 10, 3", "bmp, 10, 3"})
  void cornerOfRange_wholeRangeOrEightBits_isFine(String format, int type, int brightest)
      throws IOException {
    byte[] file = file(format, type, brightest);

    assertThat(SampleDepth.cornerOfRange(file, Images.decode(file, 8))).isNull();
  }

  @Test
  void cornerOfRange_truncatedTiff_isLeftToTheDecoder() {
    byte[] file = {'I', 'I', 42, 0, 100, 0, 0, 0, 0, 0};

    assertThat(SampleDepth.cornerOfRange(file, GrayImage.of(1, 1, new byte[1]))).isNull();
  }
}
