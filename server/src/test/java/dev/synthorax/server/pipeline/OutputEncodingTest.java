package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.png.PngText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OutputEncodingTest {
  private static final byte[] GRAY8 = {0, 64, (byte) 128, (byte) 255};

  private static byte[] pixels(OutputEncoding encoding, float... samples) {
    var pixels = ByteBuffer.allocate(samples.length * encoding.pixels().bytes());
    pixels.order(ByteOrder.nativeOrder());
    for (float sample : samples) {
      switch (encoding.pixels()) {
        case UINT8 -> pixels.put((byte) Math.round(sample * 255));
        case UINT16 -> pixels.putShort((short) Math.round(sample * 65535));
        default -> pixels.putFloat(sample);
      }
    }
    return pixels.array();
  }

  private static byte[] encode(OutputEncoding encoding, float... samples) {
    return encoding.encode(pixels(encoding, samples), 2, 2, PngText.NONE);
  }

  @Test
  void encode_rawGray8_isThePixels() {
    assertThat(encode(OutputEncoding.RAW_GRAY8, 0, 0.25f, 0.5f, 1)).isEqualTo(GRAY8);
  }

  @Test
  void encode_rawFloat32_isLittleEndian() {
    var bytes = ByteBuffer.wrap(encode(OutputEncoding.RAW_FLOAT32, 0, 0.25f, 0.5f, 1));

    assertThat(bytes.order(ByteOrder.LITTLE_ENDIAN).getFloat(4)).isEqualTo(0.25f);
  }

  /** Noise, which no compression makes smaller, under texts that are all escaped. */
  @ParameterizedTest
  @EnumSource
  void maxBytes_worstImage_isNotExceeded(OutputEncoding encoding) {
    var random = new SplittableRandom(1);
    for (int side : new int[] {1, 3, 64, 257}) {
      float[] samples = new float[side * side];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) random.nextDouble();
      }
      var text = new PngText(Map.of("Comment", "\u20ac".repeat(1000)));

      assertThat((long) encoding.encode(pixels(encoding, samples), side, side, text).length)
          .isLessThanOrEqualTo(encoding.maxBytes(side, side, 4096));
    }
  }

  @Test
  void encode_png_holdsTheSameSamples() throws IOException {
    var gray8 =
        ImageIO.read(new ByteArrayInputStream(encode(OutputEncoding.PNG_GRAY8, 0, 0.25f, 0.5f, 1)));
    var gray16 =
        ImageIO.read(
            new ByteArrayInputStream(encode(OutputEncoding.PNG_GRAY16, 0, 0.25f, 0.5f, 1)));

    assertThat(gray8.getRaster().getSample(1, 0, 0)).isEqualTo(64);
    assertThat(gray16.getRaster().getSample(1, 0, 0)).isEqualTo(16384);
    assertThat(gray16.getRaster().getSample(1, 1, 0)).isEqualTo(65535);
  }
}
