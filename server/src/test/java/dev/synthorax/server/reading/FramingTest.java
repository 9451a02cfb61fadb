package dev.synthorax.server.reading;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.server.plain.ReaderSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramingTest {
  private static ReaderSpec reader(int channels, int width, int height, float black, float white) {
    return new ReaderSpec(
        ReaderSpec.Task.SEGMENTATION,
        List.of("a"),
        "image",
        "logits",
        channels,
        width,
        height,
        black,
        white,
        true);
  }

  private static GreyImage image(int width, int height, double... levels) {
    return new GreyImage(
        width, height, (y, row) -> System.arraycopy(levels, y * width, row, 0, width));
  }

  @Test
  void fit_imageOfTheNetworksSize_isItsLevels() {
    var framing = Framing.of(2, 2, reader(1, 2, 2, -1, 1));

    float[] values = framing.fit(image(2, 2, 0, 100, 200, 255));

    assertThat(values).containsExactly(-1, 100 / 127.5f - 1, 200 / 127.5f - 1, 1);
  }

  @Test
  void fit_threeChannelsOfAnotherRange_areTheSameGrey() {
    var framing = Framing.of(1, 1, reader(3, 1, 1, 0, 1));

    assertThat(framing.fit(image(1, 1, 51))).containsExactly(0.2f, 0.2f, 0.2f);
  }

  @Test
  void fit_wideImage_liesInTheMiddleWithBlackAboveAndBelow() {
    var framing = Framing.of(4, 2, reader(1, 4, 4, 0, 255));

    float[] values = framing.fit(image(4, 2, 10, 20, 30, 40, 50, 60, 70, 80));

    assertThat(values).containsExactly(0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0);
  }

  @Test
  void fit_largeImage_isTheMeanOfWhatIsCoveredInWholeLevels() {
    var framing = Framing.of(4, 4, reader(1, 2, 2, 0, 255));
    double[] levels = new double[16];
    levels[0] = 255;
    levels[5] = 3; // a mean of 64.5
    levels[15] = 1; // of 0.25

    assertThat(framing.fit(image(4, 4, levels))).containsExactly(65, 0, 0, 0);
  }

  @Test
  void fit_goldenImages_areTheSamplesOfTrainings() throws IOException {
    int cases = 0;
    for (String line : golden()) {
      String[] words = line.split(" ", -1);
      int width = Integer.parseInt(words[0]);
      int height = Integer.parseInt(words[1]);
      int side = Integer.parseInt(words[2]);
      byte[] grey = HexFormat.of().parseHex(words[3]);
      double[] levels = new double[grey.length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = Byte.toUnsignedInt(grey[i]);
      }

      float[] values =
          Framing.of(width, height, reader(1, side, side, 0, 255))
              .fit(image(width, height, levels));

      byte[] fitted = new byte[values.length];
      for (int i = 0; i < fitted.length; i++) {
        fitted[i] = (byte) (int) values[i];
      }
      assertThat(HexFormat.of().formatHex(fitted)).as(words[0] + " wide").isEqualTo(words[4]);
      cases++;
    }
    assertThat(cases).isEqualTo(6);
  }

  private static List<String> golden() throws IOException {
    try (var in = FramingTest.class.getResourceAsStream("/golden/framing/cases.txt")) {
      return new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"30, 20, 30, 30", "20, 30, 30, 30", "90, 30, 90, 90", "31, 31, 31, 31"})
  void of_squareNetwork_padsToASquare(int width, int height, int paddedWidth, int paddedHeight) {
    var framing = Framing.of(width, height, reader(1, 8, 8, 0, 1));

    assertThat(framing.paddedWidth()).isEqualTo(paddedWidth);
    assertThat(framing.paddedHeight()).isEqualTo(paddedHeight);
  }

  @Test
  void of_wideNetwork_padsToItsProportion() {
    var framing = Framing.of(100, 100, reader(1, 300, 200, 0, 1));

    assertThat(framing.paddedWidth()).isEqualTo(150);
    assertThat(framing.paddedHeight()).isEqualTo(100);
  }

  @Test
  void restore_ofWhatWasFitted_liesWhereItWas() {
    int width = 60;
    int height = 40;
    double[] levels = new double[width * height];
    for (int y = 10; y < 20; y++) {
      Arrays.fill(levels, y * width + 30, y * width + 50, 255);
    }
    var framing = Framing.of(width, height, reader(1, 32, 32, 0, 1));
    float[] fitted = framing.fit(image(width, height, levels));
    double[] plane = new double[fitted.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = fitted[i];
    }

    double[] restored = new double[width * height];
    framing.restore(plane, (y, row) -> System.arraycopy(row, 0, restored, y * width, width));

    double x = 0;
    double y = 0;
    double sum = 0;
    for (int i = 0; i < restored.length; i++) {
      int row = i / width;
      x += restored[i] * (i - row * width);
      y += restored[i] * row;
      sum += restored[i];
    }
    assertThat(x / sum).isCloseTo(39.5, within(0.05));
    assertThat(y / sum).isCloseTo(14.5, within(0.05));
    assertThat(sum).isCloseTo(200, within(4.0));
    assertThat(restored[15 * width + 40]).isCloseTo(1, within(1e-6));
    assertThat(restored[15 * width + 5]).isCloseTo(0, within(1e-6));
  }
}
