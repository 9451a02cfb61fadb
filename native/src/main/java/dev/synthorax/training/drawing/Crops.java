package dev.synthorax.training.drawing;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Samples;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Squares cut out of images at random places, from libtorch's generator. */
final class Crops {
  private Crops() {}

  /**
   * A square of each image.
   *
   * @param side in pixels; 0, or as much as the images have, for the whole images
   * @return {@code [batch, 1, side, side]}, or the images' own height and width, in -1..1
   */
  static Tensor of(Samples samples, int[] batch, int side) {
    float[] images = samples.images(batch);
    int height = samples.height();
    int width = samples.width();
    if (side == 0 || side >= Math.min(height, width)) {
      return TorchTensors.floats(images, batch.length, 1, height, width);
    }
    float[] places = TorchTensors.toFloats(torch.rand(batch.length * 2L));
    float[] cut = new float[batch.length * side * side];
    for (int i = 0; i < batch.length; i++) {
      int top = place(places[2 * i], height - side);
      int left = place(places[2 * i + 1], width - side);
      for (int row = 0; row < side; row++) {
        System.arraycopy(
            images, (i * height + top + row) * width + left, cut, (i * side + row) * side, side);
      }
    }
    return TorchTensors.floats(cut, batch.length, 1, side, side);
  }

  /** One of {@code 0..last}. */
  private static int place(float draw, int last) {
    return Math.min(last, (int) (draw * (last + 1)));
  }
}
