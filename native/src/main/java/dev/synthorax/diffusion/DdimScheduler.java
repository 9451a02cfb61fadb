package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * DDIM without added noise (eta 0).
 *
 * @see <a href="https://arxiv.org/abs/2010.02502">Song, Meng and Ermon, eq. 12</a>
 */
final class DdimScheduler implements NoiseScheduler {
  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int offset;
  private final double clip;
  private final double finalAlphaCumprod;

  DdimScheduler(NoiseSchedulerConfig config) {
    schedule = NoiseSchedule.of(config);
    predictionType = config.predictionType();
    spacing = config.spacing(Kind.DDIM);
    offset = config.stepsOffset();
    clip = config.clip();
    finalAlphaCumprod = config.setAlphaToOne(Kind.DDIM) ? 1 : schedule.alphaCumprod(0);
    if (config.betas().zeroTerminalSnr()
        && predictionType == PredictionType.EPSILON
        && spacing != TimestepSpacing.LEADING) {
      throw new IllegalArgumentException(
          "rescale_betas_zero_snr: true with prediction_type epsilon and timestep_spacing "
              + spacing.name().toLowerCase(Locale.ROOT)
              + " (expected: v_prediction; from noise alone DDIM would divide by zero)");
    }
  }

  @Override
  public Kind kind() {
    return Kind.DDIM;
  }

  @Override
  public int maxInferenceSteps() {
    return spacing.maxSteps(schedule.trainTimesteps(), offset);
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    Steps.requireInRange(numInferenceSteps, maxInferenceSteps());
    int train = schedule.trainTimesteps();
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps);
    for (int timestep :
        Steps.requireInside(spacing.timesteps(numInferenceSteps, train, offset), train)) {
      int previous = timestep - train / numInferenceSteps;
      double previousAlpha = previous >= 0 ? schedule.alphaCumprod(previous) : finalAlphaCumprod;
      steps.add(step(timestep, schedule.alphaCumprod(timestep), previousAlpha));
    }
    return List.copyOf(steps);
  }

  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    return Steps.last(steps(numInferenceSteps), skipped, schedule);
  }

  /**
   * {@code x' = sqrt(ac') image + sqrt(1 - ac') noise}, image and noise written in {@code x} and
   * {@code e}.
   */
  private StepCoefficients step(int timestep, double alphaCumprod, double previousAlphaCumprod) {
    double image = Math.sqrt(alphaCumprod);
    double noise = Math.sqrt(1 - alphaCumprod);
    double previousNoise = Math.sqrt(1 - previousAlphaCumprod);
    double p = Steps.imageFromSample(predictionType, alphaCumprod);
    double q = Steps.imageFromOutput(predictionType, alphaCumprod);
    double a =
        switch (predictionType) {
          case EPSILON -> 0;
          case V_PREDICTION -> previousNoise * noise;
        };
    double r =
        switch (predictionType) {
          case EPSILON -> previousNoise;
          case V_PREDICTION -> previousNoise * image;
        };
    return new StepCoefficients(
        timestep,
        1,
        p,
        q,
        clip,
        a,
        r,
        Math.sqrt(previousAlphaCumprod),
        List.of(),
        0,
        StepCoefficients.History.NONE);
  }
}
