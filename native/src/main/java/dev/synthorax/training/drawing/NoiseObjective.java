package dev.synthorax.training.drawing;

import dev.synthorax.diffusion.NoiseSchedule;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.PredictionType;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Losses;
import java.util.Arrays;
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

  private final DiffusionProcess process;
  private final float[] weight;

  NoiseObjective(NoiseSchedulerConfig config, Weighting weighting) {
    var schedule = NoiseSchedule.of(config);
    int steps = schedule.trainTimesteps();
    double gamma = Bound.DEFAULT.gamma();
    PredictionType predictionType = config.predictionType();
    this.process = new DiffusionProcess(config);
    this.weight = new float[steps];
    for (int t = 0; t < steps; t++) {
      double alpha = schedule.alphaCumprod(t);
      double snr = alpha / (1 - alpha);
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
    return step * process.timesteps() / steps - 1;
  }

  /** A step of DDIM without noise: from noised images and the network's output to less noise. */
  Tensor ddim(Tensor noised, Tensor output, int from, int to) {
    int rows = Math.toIntExact(noised.size(0));
    int[] now = repeated(from, rows);
    Tensor image = process.estimate(noised, output, now);
    return to < 0
        ? image
        : process.noised(image, process.noise(noised, output, now), repeated(to, rows));
  }

  private static int[] repeated(int timestep, int rows) {
    int[] timesteps = new int[rows];
    Arrays.fill(timesteps, timestep);
    return timesteps;
  }

  /** Draws time steps and noise from libtorch's generator. */
  Batch noise(Tensor latents) {
    int rows = Math.toIntExact(latents.size(0));
    int[] drawn = process.drawTimesteps(rows);
    float[] timesteps = new float[rows];
    float[] weights = new float[rows];
    for (int i = 0; i < rows; i++) {
      timesteps[i] = drawn[i];
      weights[i] = weight[drawn[i]];
    }
    Tensor epsilon = torch.randn(TorchTensors.shape(latents));
    return new Batch(
        process.noised(latents, epsilon, drawn),
        TorchTensors.floats(timesteps, rows),
        process.target(latents, epsilon, drawn),
        TorchTensors.floats(weights, rows));
  }
}
