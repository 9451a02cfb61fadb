package dev.synthorax.client.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SquareSamplesTest {
  @Test
  void square_goldenImages_areWhatAServerShowsANetwork() throws IOException {
    int cases = 0;
    for (String line : golden()) {
      String[] words = line.split(" ", -1);
      int width = Integer.parseInt(words[0]);
      int height = Integer.parseInt(words[1]);
      int side = Integer.parseInt(words[2]);
      GrayImage image = GrayImage.of(width, height, HexFormat.of().parseHex(words[3]));
      Sample sample = new Sample(ImageInfo.builder("golden").build(), image, Map.of());

      GrayImage square = SampleMessages.square(sample, side).image();

      assertThat(HexFormat.of().formatHex(square.toBytes()))
          .as(words[0] + " wide")
          .isEqualTo(words[4]);
      cases++;
    }
    assertThat(cases).isEqualTo(6);
  }

  private static List<String> golden() throws IOException {
    try (var in = SquareSamplesTest.class.getResourceAsStream("/golden/framing/cases.txt")) {
      return new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
