package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * UniPC in the predicted image: a multistep predictor, and a corrector of the step before that
 * costs no call of the network.
 *
 * <p>Predictor and corrector of a step share all but their sum over differences of predicted
 * images, so the corrected latents are the predicted ones plus such differences: the corrector
 * folds into the next step, and a step remains one affine update of {@code x}, {@code m} and the
 * history.
 *
 * @see <a href="https://arxiv.org/abs/2302.04867">Zhao et al., algorithms 1 and 2</a>
 */
final class UniPcScheduler implements NoiseScheduler {
  /** A corrector of order p reads p predicted images of steps before. */
  private static final int MAX_ORDER = StepCoefficients.MAX_HISTORY;

  private final SolverLevels levels;
  private final PredictionType predictionType;
  private final SolverConfig solver;
  private final boolean firstVariant;

  UniPcScheduler(NoiseSchedulerConfig config) {
    solver = config.solver();
    SigmaSpacing sigmaSpacing = solver.karras() ? SigmaSpacing.KARRAS : SigmaSpacing.TIMESTEPS;
    requireBuilt(solver, sigmaSpacing);
    predictionType = config.predictionType();
    firstVariant = solver.type().equals("bh1");
    levels = new SolverLevels(config, Kind.UNIPC, sigmaSpacing, Double.NEGATIVE_INFINITY);
  }

  private static void requireBuilt(SolverConfig solver, SigmaSpacing sigmaSpacing) {
    if (solver.order() > MAX_ORDER) {
      throw new IllegalArgumentException(
          "solver_order: %d (expected: 1 to %d)".formatted(solver.order(), MAX_ORDER));
    }
    if (!List.of("bh1", "bh2", "midpoint", "heun", "logrho").contains(solver.type())) {
      throw new IllegalArgumentException(
          "solver_type: " + solver.type() + " (expected: bh1 or bh2)");
    }
    if (!solver.predictsImage()) {
      throw new IllegalArgumentException(
          "predict_x0: false (expected: true; UniPC in the noise is not built in)");
    }
    boolean endsWhereItIs = solver.finalSigmaZero() || sigmaSpacing == SigmaSpacing.KARRAS;
    if (solver.order() > 1 && !solver.lowerOrderFinal() && endsWhereItIs) {
      throw new IllegalArgumentException(
          "lower_order_final: false (expected: true; the last step of a higher order would divide"
              + " by zero)");
    }
    solver.requireSupported();
  }

  @Override
  public Kind kind() {
    return Kind.UNIPC;
  }

  @Override
  public int maxInferenceSteps() {
    return levels.maxInferenceSteps();
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    return fromImage(numInferenceSteps, 0).steps();
  }

  /** As if the levels above were none: order and corrector count from the first step taken. */
  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    List<SolverLevels.Level> all = levels.of(numInferenceSteps);
    Steps.requireSkipped(numInferenceSteps, skipped);
    List<SolverLevels.Level> taken = all.subList(skipped, all.size());
    var steps = new ArrayList<StepCoefficients>(taken.size());
    for (int i = 0; i < taken.size(); i++) {
      steps.add(step(taken, i, i > 0 && !solver.uncorrected().contains(skipped + i - 1)));
    }
    return new ImageRoute(steps, SolverLevels.noiseLevels(taken));
  }

  private int order(int i, int count) {
    int most = solver.lowerOrderFinal() ? Math.min(solver.order(), count - i) : solver.order();
    return Math.min(most, i + 1);
  }

  private StepCoefficients step(List<SolverLevels.Level> all, int i, boolean corrected) {
    SolverLevels.Level level = all.get(i);
    double alphaCumprod = level.alphaCumprod();
    boolean last = i == all.size() - 1;
    var leap = new Leap(all, i, last ? levels.finalSigma() : all.get(i + 1).sigma());
    double[] images = new double[1 + MAX_ORDER]; // weights of m, h_1, h_2, h_3 in x'
    if (corrected) {
      new Leap(all, i - 1, level.sigma()).correct(leap.latents, images);
    }
    leap.predict(images);
    var history = new ArrayList<Double>();
    for (int j = 1; j <= Math.min(i, solver.order()); j++) {
      history.add(images[j]);
    }
    return new StepCoefficients(
        level.timestep(),
        1,
        Steps.imageFromSample(predictionType, alphaCumprod),
        Steps.imageFromOutput(predictionType, alphaCumprod),
        Double.POSITIVE_INFINITY,
        leap.latents,
        0,
        images[0],
        history,
        0,
        StepCoefficients.History.PREDICTED_IMAGE);
  }

  /**
   * From one noise level to the next: {@code x' = latents x + towards m_0 + scale sum rho_k (m_k -
   * m_0) / r_k}, with {@code m_k} the image predicted {@code k} steps before.
   */
  private final class Leap {
    private final double latents;
    private final double towards;
    private final double scale;
    private final double[] ratios; // r_k, k from 1
    private final double step; // in half the log signal-to-noise ratio, negative
    private final double base; // B(h)

    private Leap(List<SolverLevels.Level> all, int i, double target) {
      SolverLevels.Level from = all.get(i);
      double image = 1 / Math.sqrt(target * target + 1);
      latents = target * image / Math.sqrt(1 - from.alphaCumprod());
      step = from.logSnr() + Math.log(target); // -infinity at the end of a schedule that ends at 0
      towards = -image * Math.expm1(step);
      base = firstVariant ? step : Math.expm1(step);
      scale = -image * base;
      ratios = new double[order(i, all.size()) - 1];
      for (int k = 1; k <= ratios.length; k++) {
        ratios[k - 1] = (from.logSnr() - all.get(i - k).logSnr()) / step;
      }
    }

    /** Adds this step's terms, {@code weights[k]} that of {@code m_k}. */
    private void predict(double[] weights) {
      weights[0] += towards;
      addDifferences(predictor(), scale, weights, 0);
    }

    /**
     * Adds what the corrector has beyond the predictor, once the image where this step ended is
     * known, times a factor.
     *
     * @param weights the image where it ended first, then those before
     */
    private void correct(double factor, double[] weights) {
      double[] rho = corrector();
      double[] fewer = predictor();
      for (int k = 0; k < fewer.length; k++) {
        rho[k] -= fewer[k];
      }
      addDifferences(rho, factor * scale, weights, 1);
      double end = factor * scale * rho[fewer.length];
      weights[0] += end;
      weights[1] -= end;
    }

    private void addDifferences(double[] rho, double factor, double[] weights, int first) {
      for (int k = 1; k <= ratios.length; k++) {
        double weight = factor * rho[k - 1] / ratios[k - 1];
        weights[first + k] += weight;
        weights[first] -= weight;
      }
    }

    private double[] predictor() {
      return ratios.length == 1 ? new double[] {0.5} : solved(ratios);
    }

    private double[] corrector() {
      if (ratios.length == 0) {
        return new double[] {0.5};
      }
      double[] nodes = Arrays.copyOf(ratios, ratios.length + 1);
      nodes[ratios.length] = 1;
      return solved(nodes);
    }

    /** Solves {@code sum_k rho_k r_k^(j-1) = b_j}, j from 1: Vandermonde's equations. */
    private double[] solved(double[] nodes) {
      int n = nodes.length;
      double[] rho = new double[n];
      double phi = Math.expm1(step) / step - 1;
      double factorial = 1;
      for (int j = 0; j < n; j++) {
        rho[j] = phi * factorial / base;
        factorial *= j + 2;
        phi = phi / step - 1 / factorial;
      }
      for (int j = 0; j < n - 1; j++) { // Björck and Pereyra
        for (int k = n - 1; k > j; k--) {
          rho[k] -= nodes[j] * rho[k - 1];
        }
      }
      for (int j = n - 2; j >= 0; j--) {
        for (int k = j + 1; k < n; k++) {
          rho[k] /= nodes[k] - nodes[k - j - 1];
        }
        for (int k = j; k < n - 1; k++) {
          rho[k] -= rho[k + 1];
        }
      }
      return rho;
    }
  }
}
