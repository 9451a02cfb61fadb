package dev.synthorax.training.reading;

import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Varies images as films vary, so that a reader learns anatomy and not exposure or place: contrast,
 * brightness, sharpness, grain, shift, turn and size, each drawn for every image from libtorch's
 * generator.
 *
 * @param strength how much
 * @param places where each output pixel lies in the image, {@code [rows, height, width, 2]}; null
 *     where images keep their place
 */
record FilmVariation(Strength strength, @Nullable Tensor places) {
  private static final long BILINEAR = 0;
  private static final long NEAREST = 1;
  private static final long BORDER = 1;

  /**
   * How much.
   *
   * @param contrast half the width of the range around 1
   * @param brightness half the width of the range around 0
   * @param grain largest standard deviation
   * @param shift furthest, as a share of the side, either way
   * @param turn largest, in degrees, either way
   * @param size half the width of the range of the scale around 1
   * @param flip probability of a mirror image: of use where sides do not matter
   */
  record Strength(
      double contrast,
      double brightness,
      double grain,
      double shift,
      double turn,
      double size,
      double flip) {
    Strength {
      if (!(contrast >= 0 && contrast < 1)
          || !(brightness >= 0 && brightness <= 1)
          || !(grain >= 0 && grain <= 1)
          || !(shift >= 0 && shift < 0.5)
          || !(turn >= 0 && turn <= 180)
          || !(size >= 0 && size < 1)
          || !(flip >= 0 && flip <= 1)) {
        throw new IllegalArgumentException(
            ("contrast %s, brightness %s, grain %s, shift %s, turn %s, size %s, flip %s (expected:"
                    + " 0..1, shift below 0.5, turn up to 180 degrees)")
                .formatted(contrast, brightness, grain, shift, turn, size, flip));
      }
    }

    private boolean moves() {
      return shift > 0 || turn > 0 || size > 0 || flip > 0;
    }
  }

  /** Draws one for images of this size. */
  static FilmVariation draw(Strength strength, long rows, long height, long width) {
    return new FilmVariation(
        strength, strength.moves() ? places(strength, rows, height, width) : null);
  }

  private static Tensor places(Strength strength, long rows, long height, long width) {
    Tensor angle = around(0, Math.toRadians(strength.turn()), rows);
    Tensor scale = around(1, strength.size(), rows);
    Tensor mirror = torch.rand(rows).lt(new Scalar(strength.flip())).to(torch.ScalarType.Float);
    Tensor side = mirror.mul(new Scalar(-2.0)).add(new Scalar(1.0));
    // coordinates run from -1 to 1 along either side: twice the share, and turned without bending
    Tensor cos = angle.cos().div(scale);
    Tensor sin = angle.sin().div(scale);
    double aspect = (double) height / width;
    Tensor matrix =
        torch.stack(
            new TensorVector(
                cos.mul(side),
                sin.mul(new Scalar(-aspect)),
                around(0, 2 * strength.shift(), rows),
                sin.mul(side).mul(new Scalar(1 / aspect)),
                cos,
                around(0, 2 * strength.shift(), rows)),
            1);
    return torch.affine_grid_generator(
        matrix.reshape(rows, 2, 3), new long[] {rows, 1, height, width}, false);
  }

  /**
   * Varies the images.
   *
   * @param images {@code [batch, channels, height, width]} in -1..1, even sides
   * @return the same shape and range
   */
  Tensor images(Tensor images) {
    long rows = images.size(0);
    Tensor placed = placed(images, BILINEAR);
    Tensor softness = torch.rand(rows, 1, 1, 1);
    Tensor varied = placed.mul(softness.neg().add(new Scalar(1.0))).add(soft(placed).mul(softness));
    varied =
        varied
            .mul(around(1, strength.contrast(), rows).reshape(rows, 1, 1, 1))
            .add(around(0, strength.brightness(), rows).reshape(rows, 1, 1, 1));
    Tensor grain = torch.randn(TorchTensors.shape(images));
    varied = varied.add(grain.mul(torch.rand(rows, 1, 1, 1).mul(new Scalar(strength.grain()))));
    return torch.clamp(
        varied, new ScalarOptional(new Scalar(-1.0)), new ScalarOptional(new Scalar(1.0)));
  }

  /** Moves masks of 0 and 1 along with their images. */
  Tensor masks(Tensor masks) {
    return placed(masks, NEAREST);
  }

  private Tensor placed(Tensor x, long interpolation) {
    return places == null ? x : torch.grid_sampler(x, places, interpolation, BORDER, false);
  }

  /** Each pixel the mean of the 3 x 3 around it. */
  private static Tensor soft(Tensor images) {
    return torch.avg_pool2d(
        images,
        new long[] {3, 3},
        new long[] {1, 1},
        new long[] {1, 1},
        false,
        false,
        new LongOptional());
  }

  private static Tensor around(double center, double halfWidth, long rows) {
    return torch.rand(rows).mul(new Scalar(2 * halfWidth)).add(new Scalar(center - halfWidth));
  }
}
