package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GrayImageTest {
  @Test
  void of_wrongLength_isRefused() {
    assertThatThrownBy(() -> GrayImage.of(3, 2, new byte[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 x 2 with 5 pixels");
    assertThatThrownBy(() -> GrayImage.of(0, 2, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void of_callerChangesItsArray_imageStays() {
    byte[] pixels = {1, 2, 3, 4};
    GrayImage image = GrayImage.of(2, 2, pixels);

    pixels[0] = 99;
    image.toBytes()[1] = 99;

    assertThat(image.at(0, 0)).isEqualTo(1);
    assertThat(image.at(1, 0)).isEqualTo(2);
  }

  @Test
  void resize_toHalf_givesAreaMeans() {
    GrayImage image =
        GrayImage.of(4, 2, new byte[] {0, 10, 100, 100, 20, 30, (byte) 200, (byte) 200});

    GrayImage half = image.resize(2, 1);

    assertThat(half.at(0, 0)).isEqualTo(15);
    assertThat(half.at(1, 0)).isEqualTo(150);
  }

  @Test
  void resize_byOddFactor_keepsTheMean() {
    byte[] pixels = new byte[60 * 60];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 60 * 4);
    }

    GrayImage small = GrayImage.of(60, 60, pixels).resize(7, 7);

    double sum = 0;
    for (byte pixel : small.toBytes()) {
      sum += pixel & 0xFF;
    }
    assertThat(sum / 49).isBetween(117.0, 119.0); // 118 exactly, but for rounding
  }

  @Test
  void resize_larger_interpolatesBetweenCentres() {
    GrayImage image = GrayImage.of(2, 1, new byte[] {0, 100});

    GrayImage wide = image.resize(4, 1);

    assertThat(wide.toBytes()).containsExactly(0, 25, 75, 100);
  }

  @Test
  void mask_resizeDownAndUp_keepsABlock() {
    byte[] cells = new byte[64];
    for (int y = 2; y < 6; y++) {
      for (int x = 2; x < 6; x++) {
        cells[y * 8 + x] = 1;
      }
    }
    BinaryMask mask = BinaryMask.of(8, 8, cells);

    BinaryMask half = mask.resize(4, 4);

    assertThat(half.area()).isEqualTo(4);
    assertThat(half.at(1, 1)).isTrue();
    assertThat(half.resize(8, 8)).isEqualTo(mask);
  }

  @Test
  void mask_cellNeitherZeroNorOne_isRefused() {
    assertThatThrownBy(() -> BinaryMask.of(1, 1, new byte[] {(byte) 255}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mask: cell value 255 (expected: 0 or 1)");
  }
}
