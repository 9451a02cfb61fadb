package dev.synthorax.client.augment.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.GrayImage;
import org.junit.jupiter.api.Test;

final class FiltersTest {
  @Test
  void problem_nearConstantImage_namesTheContrast() {
    assertThat(Filters.DEFAULT.problem(checks(126, 130)))
        .isEqualTo("contrast: 2.00 (expected: 4.0 to 128.0)");
  }

  @Test
  void problem_darkImage_namesTheMean() {
    assertThat(Filters.DEFAULT.problem(checks(0, 16)))
        .isEqualTo("mean: 8.00 (expected: 10.0 to 245.0)");
  }

  @Test
  void problem_radiograph_isNone() {
    assertThat(Filters.DEFAULT.problem(checks(40, 200))).isNull();
  }

  private static GrayImage checks(int one, int other) {
    byte[] pixels = new byte[64];
    for (int i = 0; i < 64; i++) {
      pixels[i] = (byte) (i % 2 == 0 ? one : other);
    }
    return GrayImage.of(8, 8, pixels);
  }
}
