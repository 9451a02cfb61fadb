package dev.synthorax.training.stage;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Loss terms on tensors of libtorch; results belong to the caller's scope. */
public final class Losses {
  /** libtorch's number for it. */
  private static final long SUM = 2;

  private Losses() {}

  /** Mean absolute difference of values of like shape. */
  public static Tensor absolute(Tensor prediction, Tensor target) {
    return prediction.sub(target).abs().mean();
  }

  /**
   * Mean absolute difference of the horizontal and vertical slopes: asks for edges as sharp as the
   * target's.
   *
   * @param prediction {@code [batch, channels, height, width]}
   * @param target the same shape
   */
  public static Tensor edges(Tensor prediction, Tensor target) {
    Tensor difference = prediction.sub(target);
    return slope(difference, 2).add(slope(difference, 3));
  }

  private static Tensor slope(Tensor images, int axis) {
    long last = images.size(axis) - 1;
    return images.narrow(axis, 1, last).sub(images.narrow(axis, 0, last)).abs().mean();
  }

  /**
   * Kullback-Leibler divergence of diagonal normals from the standard normal, mean over elements.
   *
   * @param mean any shape
   * @param logVariance the same shape
   * @see <a href="https://arxiv.org/abs/1312.6114">Kingma and Welling, appendix B</a>
   */
  public static Tensor divergence(Tensor mean, Tensor logVariance) {
    Tensor terms = mean.square().add(logVariance.exp()).sub(logVariance).sub(new Scalar(1));
    return terms.mean().mul(new Scalar(0.5));
  }

  /**
   * Squared error of each row times the row's weight, mean over rows.
   *
   * @param prediction {@code [batch, ...]}
   * @param target the same shape
   * @param rowWeights {@code [batch]}
   */
  public static Tensor weightedSquares(Tensor prediction, Tensor target, Tensor rowWeights) {
    Tensor perRow = prediction.sub(target).square().flatten(1, -1).mean(1);
    return perRow.mul(rowWeights).mean();
  }

  /**
   * One minus the soft Dice overlap, mean over the channels of the whole batch that are known.
   *
   * @param logits {@code [batch, channels, height, width]}
   * @param masks the same shape, 0 or 1
   * @param known {@code [batch, channels, 1, 1]}, 1 where the mask says something, else 0
   * @return 0 where nothing is known
   * @see <a href="https://arxiv.org/abs/1606.04797">Milletari et al., V-Net</a>
   */
  public static Tensor dice(Tensor logits, Tensor masks, Tensor known) {
    Tensor probability = logits.sigmoid().mul(known);
    long[] overBatchAndSpace = {0, 2, 3};
    Tensor both = probability.mul(masks).sum(overBatchAndSpace);
    Tensor sizes = probability.sum(overBatchAndSpace).add(masks.mul(known).sum(overBatchAndSpace));
    Scalar smooth = new Scalar(1.0);
    Tensor overlap = both.mul(new Scalar(2.0)).add(smooth).div(sizes.add(smooth));
    Tensor counts = known.amax(overBatchAndSpace, false);
    return overlap.neg().add(smooth).mul(counts).sum().div(atLeastOne(counts.sum()));
  }

  /**
   * Binary cross-entropy, mean over what is known.
   *
   * @param logits any shape
   * @param targets the same shape, 0 or 1
   * @param known broadcasts to it, 1 where the target says something, else 0
   * @param positiveWeights broadcasts to it: the weight of a target of 1
   * @return 0 where nothing is known
   */
  public static Tensor crossEntropy(
      Tensor logits, Tensor targets, Tensor known, Tensor positiveWeights) {
    Tensor weights = known.expand_as(logits);
    return torch
        .binary_cross_entropy_with_logits(
            logits, targets, new TensorOptional(weights), new TensorOptional(positiveWeights), SUM)
        .div(atLeastOne(weights.sum()));
  }

  private static Tensor atLeastOne(Tensor count) {
    return torch.clamp_min(count, new Scalar(1.0));
  }
}
