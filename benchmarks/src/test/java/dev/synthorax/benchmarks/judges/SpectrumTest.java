package dev.synthorax.benchmarks.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.image.GrayImage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

class SpectrumTest {
  private static final int SIDE = 64;

  @Test
  void of_wave_hasItsPowerAtItsFrequency() {
    GrayImage wave = image((x, y) -> (int) Math.round(128 + 50 * Math.sin(Math.PI * x / 4)));

    double[] power = Spectrum.of(List.of(wave)).power();

    int strongest = 0;
    for (int i = 1; i < power.length; i++) {
      strongest = power[i] > power[strongest] ? i : strongest;
    }
    assertThat(strongest).isEqualTo(8); // a wave of 8 pixels in 64
    assertThat(power[8]).isGreaterThan(1000 * power[20]);
  }

  @Test
  void between_noise_isAlikeInAllBandsAndGrowsWithItsSquare() {
    Spectrum once = Spectrum.of(noise(20));
    Spectrum twice = Spectrum.of(noise(40));

    for (double[] band : Spectrum.BANDS) {
      double power = once.between(band[0], band[1]);
      assertThat(power / once.between(0.25, 0.5)).isCloseTo(1, within(0.2));
      assertThat(twice.between(band[0], band[1]) / power).isCloseTo(4, within(0.1));
    }
  }

  @Test
  void of_flatImage_hasNoPower() {
    assertThat(Spectrum.of(List.of(image((x, y) -> 77))).between(0.0, 0.5))
        .isCloseTo(0, within(1e-12));
  }

  private static List<GrayImage> noise(int amplitude) {
    var random = new SplittableRandom(3);
    return java.util.stream.Stream.generate(
            () -> image((x, y) -> 128 + (random.nextBoolean() ? amplitude : -amplitude)))
        .limit(8)
        .toList();
  }

  private static GrayImage image(IntBinaryOperator value) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        pixels[y * SIDE + x] = (byte) value.applyAsInt(x, y);
      }
    }
    return GrayImage.of(SIDE, SIDE, pixels);
  }
}
