package dev.synthorax.nn;

import java.util.List;

/**
 * A small residual network that tells findings from an image: a strided convolution, stages that
 * halve the sides and double the channels, the mean over all pixels, one logit a finding.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2016</a>
 */
public final class ChestClassifier {

  private ChestClassifier() {}

  /** Every parameter and running statistic of the network, in the order of use. */
  public static List<ParameterSpec> parameters(ClassifierConfig config) {
    ShapeOps shapes = new ShapeOps();
    long side = 2L << config.stages();
    forward(shapes, config, new long[] {1, config.inChannels(), side, side});
    return shapes.parameters();
  }

  /**
   * Classifies images.
   *
   * @param image {@code [batch, inChannels, height, width]}, about -1..1
   * @return logits {@code [batch, findings]}; the sigmoid of each is a probability
   * @throws IllegalArgumentException if the channels differ or a side does not divide
   */
  public static <T> T forward(Ops<T> ops, ClassifierConfig config, T image) {
    int factor = 2 << config.stages();
    if (ops.dim(image, 1) != config.inChannels()
        || ops.dim(image, 2) % factor != 0
        || ops.dim(image, 3) % factor != 0) {
      throw new IllegalArgumentException(
          "image: %dx%dx%d (expected: %d channels, sides that divide by %d)"
              .formatted(
                  ops.dim(image, 1),
                  ops.dim(image, 2),
                  ops.dim(image, 3),
                  config.inChannels(),
                  factor));
    }
    T hidden = ConvBlock.once(ops.in("stem"), image, config.baseChannels(), 2);
    for (int stage = 0; stage < config.stages(); stage++) {
      int channels = config.baseChannels() << (stage + 1);
      for (int block = 0; block < config.blocksPerStage(); block++) {
        Ops<T> scope = ops.in("stages." + stage + "." + block);
        hidden = ConvBlock.residual(scope, hidden, channels, block == 0 ? 2 : 1);
      }
    }
    T pooled = ops.observe("features", ops.mean(hidden, false, 2, 3));
    return Layers.linear(ops.in("head"), pooled, config.findings(), true);
  }
}
