package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A small residual network that tells findings from an image: a strided convolution, stages that
 * halve the sides and double the channels, the mean over all pixels, one logit a finding.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2016</a>
 */
final class ChestClassifier {

  private ChestClassifier() {}

  /** Reads checked images. */
  static <T> Reading<T> forward(Ops<T> ops, ClassifierConfig config, T image) {
    T hidden = ConvBlock.once(ops.in("stem"), image, config.baseChannels(), 2);
    List<T> maps = new ArrayList<>(List.of(hidden));
    for (int stage = 0; stage < config.stages(); stage++) {
      int channels = config.baseChannels() << (stage + 1);
      for (int block = 0; block < config.blocksPerStage(); block++) {
        Ops<T> scope = ops.in("stages." + stage + "." + block);
        hidden = ConvBlock.residual(scope, hidden, channels, block == 0 ? 2 : 1);
      }
      maps.add(hidden);
    }
    T pooled = ops.observe("features", ops.mean(hidden, false, 2, 3));
    return new Reading<>(
        Layers.linear(ops.in(config.head()), pooled, config.findings(), true), maps);
  }
}
