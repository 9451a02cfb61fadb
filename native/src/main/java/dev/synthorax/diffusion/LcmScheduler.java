package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.List;

/**
 * Multistep sampling of a latent consistency model: each step leaps to the image, and all but the
 * last add fresh noise for the next. Time steps are picked from those the model was distilled on,
 * whatever {@code timestep_spacing} says.
 *
 * @see <a href="https://arxiv.org/abs/2310.04378">Luo et al., algorithm 3</a>
 */
final class LcmScheduler implements NoiseScheduler {
  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final double clip;
  private final NoiseSchedulerConfig.Consistency consistency;
  private final ConsistencyBoundary boundary;

  LcmScheduler(NoiseSchedulerConfig config) {
    schedule = NoiseSchedule.of(config);
    predictionType = config.predictionType();
    clip = config.clip();
    consistency = config.consistency();
    boundary = new ConsistencyBoundary(consistency.timestepScaling());
    if (consistency.originalInferenceSteps() > schedule.trainTimesteps()) {
      throw new IllegalArgumentException(
          "original_inference_steps: %d (expected: 1 to num_train_timesteps, %d)"
              .formatted(consistency.originalInferenceSteps(), schedule.trainTimesteps()));
    }
    if (predictionType == PredictionType.EPSILON && schedule.alphaCumprod(timestep(0, 1)) == 0) {
      throw new IllegalArgumentException(
          "rescale_betas_zero_snr: true with prediction_type epsilon (expected: v_prediction; from"
              + " noise alone LCM would divide by zero)");
    }
  }

  @Override
  public Kind kind() {
    return Kind.LCM;
  }

  @Override
  public int maxInferenceSteps() {
    return consistency.originalInferenceSteps();
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    Steps.requireInRange(numInferenceSteps, maxInferenceSteps());
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps);
    for (int i = 0; i < numInferenceSteps; i++) {
      boolean last = i == numInferenceSteps - 1;
      double nextAlpha = last ? 1 : schedule.alphaCumprod(timestep(i + 1, numInferenceSteps));
      steps.add(step(timestep(i, numInferenceSteps), nextAlpha));
    }
    return List.copyOf(steps);
  }

  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    return Steps.last(steps(numInferenceSteps), skipped, schedule);
  }

  /** Of the time steps of distillation, the noisiest first, every so-manieth. */
  private int timestep(int i, int numInferenceSteps) {
    int original = consistency.originalInferenceSteps();
    int skipped = (int) (i * ((double) original / numInferenceSteps));
    return (original - skipped) * (schedule.trainTimesteps() / original) - 1;
  }

  /** {@code x' = sqrt(ac') (skip x + out image) + sqrt(1 - ac') z}. */
  private StepCoefficients step(int timestep, double nextAlphaCumprod) {
    double alpha = schedule.alphaCumprod(timestep);
    double image = Math.sqrt(nextAlphaCumprod);
    return new StepCoefficients(
        timestep,
        1,
        Steps.imageFromSample(predictionType, alpha),
        Steps.imageFromOutput(predictionType, alpha),
        clip,
        image * boundary.skip(timestep),
        0,
        image * boundary.out(timestep),
        List.of(),
        Math.sqrt(1 - nextAlphaCumprod),
        StepCoefficients.History.NONE);
  }
}
