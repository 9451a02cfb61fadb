package dev.synthorax.training.drawing;

import dev.synthorax.diffusion.NoiseSchedule;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.PredictionType;
import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How a model's latents and noise are mixed at each time step, {@code x = sqrt(ac) latents + sqrt(1
 * - ac) noise}, and what the output of its network says of either.
 *
 * <p>Tensors are FP32 {@code [rows, channels, height, width]}, with one time step a row; results
 * belong to the caller's scope.
 *
 * <p><b>Threading:</b> immutable; libtorch's generator is one for all.
 */
public final class DiffusionProcess {
  private final PredictionType predictionType;
  private final float[] signal;
  private final float[] noise;

  /** The process of a model published with that configuration. */
  public DiffusionProcess(NoiseSchedulerConfig config) {
    var schedule = NoiseSchedule.of(config);
    predictionType = config.predictionType();
    signal = new float[schedule.trainTimesteps()];
    noise = new float[signal.length];
    for (int t = 0; t < signal.length; t++) {
      double alpha = schedule.alphaCumprod(t);
      signal[t] = (float) Math.sqrt(alpha);
      noise[t] = (float) Math.sqrt(1 - alpha);
    }
  }

  /** Number of time steps. */
  public int timesteps() {
    return signal.length;
  }

  /** Time steps of so many rows, uniform, from libtorch's generator. */
  public int[] drawTimesteps(int rows) {
    float[] drawn = TorchTensors.toFloats(torch.rand(rows));
    int[] timesteps = new int[rows];
    for (int i = 0; i < rows; i++) {
      timesteps[i] = Math.min(signal.length - 1, (int) (drawn[i] * signal.length));
    }
    return timesteps;
  }

  /** Latents with noise. */
  public Tensor noised(Tensor latents, Tensor epsilon, int[] timesteps) {
    return latents.mul(rows(signal, timesteps)).add(epsilon.mul(rows(noise, timesteps)));
  }

  /** What the network is to say of noised latents. */
  public Tensor target(Tensor latents, Tensor epsilon, int[] timesteps) {
    return switch (predictionType) {
      case EPSILON -> epsilon;
      case V_PREDICTION ->
          epsilon.mul(rows(signal, timesteps)).sub(latents.mul(rows(noise, timesteps)));
    };
  }

  /**
   * The latents in one step, from the noised ones and the network's output; infinite where the
   * output is the noise and nothing else is left in {@code noised}.
   */
  public Tensor estimate(Tensor noised, Tensor output, int[] timesteps) {
    return switch (predictionType) {
      case EPSILON -> noised.sub(output.mul(rows(noise, timesteps))).div(rows(signal, timesteps));
      case V_PREDICTION ->
          noised.mul(rows(signal, timesteps)).sub(output.mul(rows(noise, timesteps)));
    };
  }

  /** The noise, from the noised latents and the network's output. */
  public Tensor noise(Tensor noised, Tensor output, int[] timesteps) {
    return switch (predictionType) {
      case EPSILON -> output;
      case V_PREDICTION ->
          noised.mul(rows(noise, timesteps)).add(output.mul(rows(signal, timesteps)));
    };
  }

  private static Tensor rows(float[] table, int[] timesteps) {
    float[] values = new float[timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = table[timesteps[i]];
    }
    return TorchTensors.floats(values, values.length, 1, 1, 1);
  }
}
