package dev.synthorax.server.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskDecoderTest {
  private static final String FIELD = "masks[0].png";

  private static float[] decode(byte[] png, int width, int height) {
    float[] target = new float[width * height];
    MaskDecoder.decode(ByteBuffer.wrap(png), FIELD, target, 0, width, height);
    return target;
  }

  private static byte[] gray8(int width, int height, int... samples) {
    byte[] bytes = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      bytes[i] = (byte) samples[i];
    }
    return PngEncoder.encode(bytes, width, height, 8);
  }

  @Test
  void decode_gray8_splitsAtHalfOfFullScale() {
    assertThat(decode(gray8(4, 1, 0, 127, 128, 255), 4, 1)).containsExactly(0, 0, 1, 1);
  }

  @Test
  void decode_gray16_splitsAtHalfOfFullScale() {
    byte[] png = PngEncoder.encode(new byte[] {0x7F, -1, (byte) 0x80, 0}, 2, 1, 16);

    assertThat(decode(png, 2, 1)).containsExactly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_GRAY
      })
  void decode_otherKindsOfPng_readBlackAndWhite(int type) throws IOException {
    var image = new BufferedImage(3, 2, type);
    image.setRGB(1, 0, 0xFFFFFFFF);
    image.setRGB(2, 1, 0xFFFFFFFF);
    var out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);

    assertThat(decode(out.toByteArray(), 3, 2)).containsExactly(0, 1, 0, 0, 0, 1);
  }

  @Test
  void decode_otherSize_takesTheNearestSample() {
    byte[] png = gray8(2, 2, 255, 0, 0, 255);

    assertThat(decode(png, 4, 4)).containsExactly(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(decode(gray8(4, 1, 0, 255, 0, 0), 2, 1)).containsExactly(1, 0);
  }

  @Test
  void decode_intoALaterChannel_leavesTheOthers() {
    float[] target = new float[4];

    MaskDecoder.decode(ByteBuffer.wrap(gray8(2, 1, 255, 255)), FIELD, target, 2, 2, 1);

    assertThat(target).containsExactly(0, 0, 1, 1);
  }

  @Test
  void decode_noImage_isInvalidAndNamesTheField() {
    assertRefused(
        "hello, this is not an image at all, really".getBytes(US_ASCII), "not a readable PNG");
    assertRefused(new byte[0], "not a readable PNG");
  }

  @Test
  void decode_truncatedImage_isInvalid() {
    byte[] png = gray8(64, 64, new int[64 * 64]);

    assertRefused(Arrays.copyOf(png, png.length - 20), "not a readable PNG");
    assertRefused(Arrays.copyOf(png, 33), "not a readable PNG");
  }

  @Test
  void decode_bombOf20000Pixels_isRefusedByItsHeader() {
    byte[] png = gray8(1, 1, 0);
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);

    assertThatThrownBy(() -> decode(png, 16, 16))
        .isInstanceOf(InferenceException.class)
        .hasMessage(FIELD + ": 20000x20000 pixels (expected: at most 4096 a side)")
        .extracting("reason")
        .isEqualTo(ErrorReason.TOO_LARGE);
  }

  @Test
  void decode_headerThatLies_isInvalid() {
    byte[] png = gray8(1, 1, 0);
    ByteBuffer.wrap(png).putInt(16, 4096).putInt(20, 4096); // the checksum no longer fits either

    assertRefused(png, "not a readable PNG");
  }

  @Test
  void decode_tooManyBytes_isRefused() {
    assertThatThrownBy(() -> decode(new byte[PngHeader.MAX_BYTES + 1], 16, 16))
        .hasMessageContaining("bytes (expected: at most 16777216)")
        .extracting("reason")
        .isEqualTo(ErrorReason.TOO_LARGE);
  }

  private static void assertRefused(byte[] png, String message) {
    assertThatThrownBy(() -> decode(png, 16, 16))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(FIELD + ": ")
        .hasMessageContaining(message)
        .satisfies(
            e -> {
              assertThat(((InferenceException) e).reason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
              assertThat(((InferenceException) e).subject()).isEqualTo(FIELD);
            });
  }
}
