package dev.synthorax.training.drawing;

import dev.synthorax.diffusion.NoiseSchedule;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.PredictionType;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Losses;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a denoiser learns: noised latents and their time steps, the target of its prediction and the
 * weight of each row. Time steps are uniform.
 *
 * @see <a href="https://arxiv.org/abs/2303.09556">Hang et al., min-SNR weighting</a>
 */
final class NoiseObjective {
  /** How much the noise levels count. */
  enum Weighting {
    /** As errors of the noise, but nearly clean rows no more than others: textures and outlines. */
    DETAIL,
    /** As errors of the image, but nearly clean rows no more than others: what lies where. */
    LAYOUT,
    /** All alike, as errors of what the network predicts. */
    PLAIN
  }

  /**
   * Of the weights.
   *
   * @param gamma signal-to-noise ratio above which rows count no more
   */
  record Bound(double gamma) {
    static final Bound DEFAULT = new Bound(5);
  }

  private final PredictionType predictionType;
  private final float[] signal;
  private final float[] noise;
  private final float[] weight;

  NoiseObjective(NoiseSchedulerConfig config, Weighting weighting) {
    var schedule = NoiseSchedule.of(config);
    int steps = schedule.trainTimesteps();
    double gamma = Bound.DEFAULT.gamma();
    this.predictionType = config.predictionType();
    this.signal = new float[steps];
    this.noise = new float[steps];
    this.weight = new float[steps];
    for (int t = 0; t < steps; t++) {
      double alpha = schedule.alphaCumprod(t);
      double snr = alpha / (1 - alpha);
      signal[t] = (float) Math.sqrt(alpha);
      noise[t] = (float) Math.sqrt(1 - alpha);
      if (alpha == 0 && predictionType == PredictionType.EPSILON) {
        throw new IllegalArgumentException(
            "prediction_type: epsilon (expected: v_prediction, where rescale_betas_zero_snr leaves"
                + " nothing of the image at the last time step)");
      }
      // As a factor of the image's squared error, which the noise's is snr times, the velocity's
      // snr + 1 times.
      double ofImage =
          switch (weighting) {
            case DETAIL -> Math.min(snr, gamma);
            case LAYOUT -> Math.min(snr + 1, gamma);
            case PLAIN -> predictionType == PredictionType.EPSILON ? snr : snr + 1;
          };
      weight[t] =
          (float)
              switch (predictionType) {
                case EPSILON -> ofImage / snr;
                case V_PREDICTION -> ofImage / (snr + 1);
              };
    }
  }

  /**
   * One batch.
   *
   * @param noised {@code [batch, channels, height, width]}
   * @param timesteps FP32 {@code [batch]}
   * @param target like {@code noised}
   * @param weights FP32 {@code [batch]}
   */
  record Batch(Tensor noised, Tensor timesteps, Tensor target, Tensor weights) {
    /** The loss of a prediction like {@code noised}. */
    Tensor loss(Tensor prediction) {
      return Losses.weightedSquares(prediction, target, weights);
    }
  }

  /**
   * The time step after {@code step} of {@code steps} equal steps from no noise to the most; -1 for
   * no noise.
   */
  int timestep(int step, int steps) {
    return step * signal.length / steps - 1;
  }

  /** A step of DDIM without noise: from noised images and the network's output to less noise. */
  Tensor ddim(Tensor noised, Tensor output, int from, int to) {
    Scalar a = new Scalar((double) signal[from]);
    Scalar b = new Scalar((double) noise[from]);
    Tensor image =
        switch (predictionType) {
          case EPSILON -> noised.sub(output.mul(b)).div(a);
          case V_PREDICTION -> noised.mul(a).sub(output.mul(b));
        };
    if (to < 0) {
      return image;
    }
    Tensor epsilon =
        switch (predictionType) {
          case EPSILON -> output;
          case V_PREDICTION -> noised.mul(b).add(output.mul(a));
        };
    return image
        .mul(new Scalar((double) signal[to]))
        .add(epsilon.mul(new Scalar((double) noise[to])));
  }

  /** Draws time steps and noise from libtorch's generator. */
  Batch noise(Tensor latents) {
    int rows = Math.toIntExact(latents.size(0));
    float[] drawn = TorchTensors.toFloats(torch.rand(rows));
    float[] timesteps = new float[rows];
    float[] signals = new float[rows];
    float[] noises = new float[rows];
    float[] weights = new float[rows];
    for (int i = 0; i < rows; i++) {
      int t = Math.min(signal.length - 1, (int) (drawn[i] * signal.length));
      timesteps[i] = t;
      signals[i] = signal[t];
      noises[i] = noise[t];
      weights[i] = weight[t];
    }
    Tensor epsilon = torch.randn(TorchTensors.shape(latents));
    Tensor a = TorchTensors.floats(signals, rows, 1, 1, 1);
    Tensor b = TorchTensors.floats(noises, rows, 1, 1, 1);
    Tensor noised = latents.mul(a).add(epsilon.mul(b));
    Tensor target =
        switch (predictionType) {
          case EPSILON -> epsilon;
          case V_PREDICTION -> epsilon.mul(a).sub(latents.mul(b));
        };
    return new Batch(
        noised, TorchTensors.floats(timesteps, rows), target, TorchTensors.floats(weights, rows));
  }
}
