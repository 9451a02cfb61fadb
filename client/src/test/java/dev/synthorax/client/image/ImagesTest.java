package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {
  private static final int WIDTH = 26;
  private static final int HEIGHT = 18;

  private static byte[] golden(String name) throws IOException {
    try (InputStream input = ImagesTest.class.getResourceAsStream("/golden/image/" + name)) {
      return input.readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grey-8.png,0",
    "grey-16.png,0",
    "grey-alpha.png,0",
    "rgb.png,0",
    "rgba.png,0",
    "bits-1.png,0",
    "palette.png,1",
    "grey.bmp,0",
    "rgb.bmp,0",
    "grey-8.tif,0",
    "grey-16.tif,0",
    "grey-baseline.jpg,1",
    "grey-progressive.jpg,1",
    "rgb.jpg,3",
    "cmyk.jpg,12",
  })
  void decode_picturesByPillow_haveTheirGrey(String name, int tolerance) throws IOException {
    byte[] expected = golden(name + ".grey");

    GrayImage image = Images.decode(golden(name), 64);

    assertThat(image.width()).isEqualTo(WIDTH);
    assertThat(image.height()).isEqualTo(HEIGHT);
    byte[] pixels = image.toBytes();
    for (int i = 0; i < pixels.length; i++) {
      assertThat(Math.abs((pixels[i] & 0xFF) - (expected[i] & 0xFF)))
          .as("pixel %s", i)
          .isLessThanOrEqualTo(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"grey-8.png,PNG", "grey.bmp,BMP", "grey-16.tif,TIFF", "grey-baseline.jpg,JPEG"})
  void decode_cutAnywhere_saysDamaged(String name, String format) throws IOException {
    byte[] file = golden(name);

    for (int length = 19; length < file.length - 40; length += 7) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> Images.decode(cut, 64))
          .as("%s of %s bytes", length, file.length)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(format + " image is damaged or truncated");
    }
  }

  @ParameterizedTest
  @CsvSource({"grey-8.png", "grey.bmp", "grey-8.tif", "grey-baseline.jpg", "cmyk.jpg"})
  void decode_beyondTheLimit_isRefused(String name) {
    assertThatThrownBy(() -> Images.decode(golden(name), 25))
        .isInstanceOf(IOException.class)
        .hasMessage("image of 26 x 18 pixels (expected: at most 25 a side)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BMI,age\n21.5,60\n23.1,44\n", "BM", "BM of a chest, no picture at all"})
  void isImage_textThatStartsAsBmpDoes_isNone(String text) {
    byte[] file = text.getBytes(StandardCharsets.US_ASCII);

    assertThat(Images.isImage(file)).isFalse();
    assertThatThrownBy(() -> Images.decode(file, 64))
        .hasMessage("no image (expected: PNG, JPEG, BMP or TIFF)");
  }

  @Test
  void decode_anythingElse_isRefused() {
    assertThatThrownBy(() -> Images.decode(new byte[] {'G', 'I', 'F', '8'}, 64))
        .isInstanceOf(IOException.class)
        .hasMessage("no image (expected: PNG, JPEG, BMP or TIFF)");
    assertThatThrownBy(() -> Images.decode(new byte[0], 64)).isInstanceOf(IOException.class);
  }
}
