package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PngEncoderTest {
  @ParameterizedTest
  @CsvSource({"1,1,8", "7,3,8", "128,128,8", "1,1,16", "5,9,16", "64,32,16"})
  void encode_anySamples_areReadBackExactly(int width, int height, int bitDepth)
      throws IOException {
    byte[] samples = new byte[width * height * bitDepth / 8];
    new SplittableRandom(width * 31L + height).nextBytes(samples);

    byte[] png = PngEncoder.encode(samples, width, height, bitDepth);

    var image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);
    for (int i = 0; i < width * height; i++) {
      int sample = image.getRaster().getSample(i % width, i / width, 0);
      int expected =
          bitDepth == 8
              ? samples[i] & 0xFF
              : ((samples[2 * i] & 0xFF) << 8) + (samples[2 * i + 1] & 0xFF);
      assertThat(sample).isEqualTo(expected);
    }
  }
}
