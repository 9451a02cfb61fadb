package dev.synthorax.nn;

import java.util.List;

/**
 * Sines and cosines of the timestep, then a two-layer perceptron.
 *
 * @param features sines and cosines together, even; the result is four times as wide
 * @param flipSinToCos whether the cosines come first
 * @param freqShift {@code freq_shift} of the configuration
 * @param activation between the two layers
 * @see <a href="https://arxiv.org/abs/1706.03762">Vaswani et al. 2017, section 3.5</a>
 */
record TimestepEmbedding(
    int features, boolean flipSinToCos, double freqShift, Activation activation) {

  private static final float LOG_MAX_PERIOD = (float) Math.log(10_000);

  TimestepEmbedding {
    if (features < 2 || features % 2 != 0) {
      throw new IllegalArgumentException(
          "block_out_channels: the first is " + features + " (expected: an even number)");
    }
  }

  /**
   * Embeds one timestep a row.
   *
   * @param timestep FP32 {@code [batch]}, in training timesteps, fractions allowed
   * @return {@code [batch, 4 * features]}
   */
  <T> T forward(Ops<T> ops, T timestep) {
    int half = features / 2;
    float[] frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      frequencies[i] = (float) Math.exp(-LOG_MAX_PERIOD * i / (float) (half - freqShift));
    }
    T wide = ops.reshape(ops.widen(timestep), Ops.KEEP, 1);
    T angles = ops.multiply(wide, ops.widen(ops.constant(frequencies, 1, half)));
    T sines = ops.sin(angles);
    T cosines = ops.cos(angles);
    T waves = ops.concat(1, flipSinToCos ? List.of(cosines, sines) : List.of(sines, cosines));
    T hidden = Layers.linear(ops.in("linear_1"), ops.narrow(waves), 4L * features, true);
    return Layers.linear(
        ops.in("linear_2"), ops.activation(activation, hidden), 4L * features, true);
  }
}
