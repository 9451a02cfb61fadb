package dev.synthorax.server.png;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.synthorax.server.pipeline.PngTexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PngEncoderTest {
  @ParameterizedTest
  @CsvSource({"1,1,8", "7,3,8", "128,128,8", "1,1,16", "5,9,16", "64,32,16"})
  void encode_anySamples_areReadBackExactly(int width, int height, int bitDepth)
      throws IOException {
    byte[] samples = new byte[width * height * bitDepth / 8];
    new SplittableRandom(width * 31L + height).nextBytes(samples);

    byte[] png = PngEncoder.encode(samples, width, height, bitDepth, PngText.NONE);

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

  @Test
  void encode_texts_areReadBackAndOnlyNonLatinOnesAreInternational() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("Title", "Größe");
    texts.put("Description", "выпот 胸水");
    texts.put("Comment", "two\nlines\u0000\u001b\u0085");
    texts.put("Source", "");

    byte[] png = PngEncoder.encode(new byte[4], 2, 2, 8, new PngText(texts));

    assertThat(PngTexts.read(png))
        .containsExactly(
            entry("Title", "Größe"),
            entry("Description", "выпот 胸水"),
            entry("Comment", "two\nlines\uFFFD\uFFFD\uFFFD"));
    String bytes = new String(png, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains("tEXtTitle\0Größe", "iTXtDescription\0\0\0\0\0");
    assertThat(bytes).contains("iTXtComment").doesNotContain("Source");
  }
}
