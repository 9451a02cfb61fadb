package dev.synthorax.training.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

final class FilmVariationIT {
  private static final int HEIGHT = 24;
  private static final int WIDTH = 32;

  /** A white bar of 6 x 12 pixels on black, away from the middle. */
  private static Tensor bar(int rows) {
    float[] values = new float[rows * HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH % HEIGHT;
      values[i] = x >= 8 && x < 20 && y >= 6 && y < 12 ? 1 : 0;
    }
    return TorchTensors.floats(values, rows, 1, HEIGHT, WIDTH);
  }

  @Test
  void masks_movedImages_moveAlong() {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(4);
      var strength = new FilmVariation.Strength(0, 0, 0, 0.1, 20, 0.2, 0.5);
      Tensor mask = bar(6);
      FilmVariation variation = FilmVariation.draw(strength, 6, HEIGHT, WIDTH);

      Tensor image = variation.images(mask.mul(new Scalar(2.0)).sub(new Scalar(1.0)));
      Tensor moved = variation.masks(mask);

      Tensor both = image.gt(new Scalar(0.0)).to(torch.ScalarType.Float).mul(moved);
      for (int row = 0; row < 6; row++) {
        float size = moved.narrow(0, row, 1).sum().item_float();
        float common = both.narrow(0, row, 1).sum().item_float();
        assertThat(size).as("pixels kept").isBetween(40f, 120f);
        assertThat(common / size).as("image where the mask is").isGreaterThan(0.8f);
      }
      assertThat(moved.equal(mask)).isFalse();
      assertThat(TorchTensors.toFloats(moved)).containsOnly(0, 1);
    }
  }

  @Test
  void masks_turnedByTheSameAngle_keepTheirFormInPixels() {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(1);
      var strength = new FilmVariation.Strength(0, 0, 0, 0, 90, 0, 0);
      Tensor moved = FilmVariation.draw(strength, 20, HEIGHT, WIDTH).masks(bar(20));

      for (float pixels : TorchTensors.toFloats(moved.sum(new long[] {1, 2, 3}))) {
        assertThat(pixels).isBetween(60f, 84f);
      }
    }
  }

  @Test
  void masks_nothingThatMoves_areTheSameTensor() {
    try (PointerScope _ = new PointerScope()) {
      var strength = new FilmVariation.Strength(0.1, 0.1, 0.1, 0, 0, 0, 0);
      Tensor mask = bar(2);

      assertThat(FilmVariation.draw(strength, 2, HEIGHT, WIDTH).masks(mask)).isSameAs(mask);
    }
  }

  @Test
  void masks_flipAlways_areMirrorImages() {
    try (PointerScope _ = new PointerScope()) {
      var strength = new FilmVariation.Strength(0, 0, 0, 0, 0, 0, 1);
      Tensor moved = FilmVariation.draw(strength, 1, HEIGHT, WIDTH).masks(bar(1));

      assertThat(moved.equal(bar(1).flip(3))).isTrue();
    }
  }

  @Test
  void images_anyStrength_stayInRange() {
    try (PointerScope _ = new PointerScope()) {
      var strength = new FilmVariation.Strength(0.5, 0.5, 0.5, 0.1, 5, 0.1, 0.5);
      Tensor images = torch.randn(3, 1, HEIGHT, WIDTH);

      Tensor varied = FilmVariation.draw(strength, 3, HEIGHT, WIDTH).images(images);

      assertThat(varied.abs().max().item_float()).isLessThanOrEqualTo(1);
      assertThat(TorchTensors.shape(varied)).containsExactly(3, 1, HEIGHT, WIDTH);
    }
  }

  @Test
  void strength_outOfRange_isRefused() {
    assertThatThrownBy(() -> new FilmVariation.Strength(0, 0, 0, 0.5, 0, 0, 0))
        .hasMessageContaining("shift 0.5");
  }
}
