package dev.synthorax.training.tuning;

import dev.synthorax.diffusion.ConsistencyBoundary;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * How far the student, at one point of the way from noise to image, is from what its average says
 * at the next point, where the guided teacher leads in one step of DDIM.
 *
 * <p><b>Ownership:</b> borrows the networks.
 *
 * @param student learns
 * @param target the student's average
 * @param teacher the base
 * @see <a href="https://arxiv.org/abs/2310.04378">Luo et al., algorithm 1</a>
 */
record ConsistencyLoss(
    OpenBase open,
    DiffusionProcess process,
    ConsistencySettings settings,
    Denoiser student,
    Denoiser target,
    Denoiser teacher) {
  /** The loss of a batch, a scalar with gradients. */
  Tensor of(int[] batch) {
    Tensor latents = open.latents(batch);
    Conditions given = open.conditions(batch, settings.drop());
    int[] from = drawTimesteps(batch.length);
    int[] to = next(from);
    Tensor noised = process.noised(latents, torch.randn(TorchTensors.shape(latents)), from);
    ControlNetResiduals<Tensor> residuals = teacher.residuals(noised, from, given);
    Tensor wanted = wanted(noised, from, to, given, residuals);
    Tensor found = student.predict(noised, from, given, residuals);
    return huber(image(noised, found, from), wanted);
  }

  private Tensor wanted(
      Tensor noised,
      int[] from,
      int[] to,
      Conditions given,
      @Nullable ControlNetResiduals<Tensor> residuals) {
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor output = teacher.predict(noised, from, given, residuals);
      if (settings.guidanceScale() != 1) {
        Tensor nothing = teacher.predict(noised, from, given.unconditional());
        output = nothing.add(output.sub(nothing).mul(new Scalar(settings.guidanceScale())));
      }
      Tensor moved =
          process.noised(
              process.estimate(noised, output, from), process.noise(noised, output, from), to);
      return image(moved, target.predict(moved, to, given), to);
    }
  }

  /** Of the time steps that are distilled, one for each row. */
  private int[] drawTimesteps(int rows) {
    float[] drawn = TorchTensors.toFloats(torch.rand(rows));
    int count = settings.originalInferenceSteps();
    int[] timesteps = new int[rows];
    for (int i = 0; i < rows; i++) {
      timesteps[i] = (1 + Math.min(count - 1, (int) (drawn[i] * count))) * stride() - 1;
    }
    return timesteps;
  }

  private int[] next(int[] from) {
    int[] to = new int[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(0, from[i] - stride());
    }
    return to;
  }

  private int stride() {
    return process.timesteps() / settings.originalInferenceSteps();
  }

  private Tensor image(Tensor noised, Tensor output, int[] timesteps) {
    var boundary = new ConsistencyBoundary(settings.timestepScaling());
    return image(process, boundary, noised, output, timesteps);
  }

  /** The image that a consistency model sees: at time step 0 the sample itself. */
  static Tensor image(
      DiffusionProcess process,
      ConsistencyBoundary boundary,
      Tensor noised,
      Tensor output,
      int[] timesteps) {
    float[] skip = new float[timesteps.length];
    float[] out = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      skip[i] = (float) boundary.skip(timesteps[i]);
      out[i] = (float) boundary.out(timesteps[i]);
    }
    long rows = timesteps.length;
    Tensor estimate = process.estimate(noised, output, timesteps);
    return noised
        .mul(TorchTensors.floats(skip, rows, 1, 1, 1))
        .add(estimate.mul(TorchTensors.floats(out, rows, 1, 1, 1)));
  }

  private Tensor huber(Tensor found, Tensor wanted) {
    double width = settings.huber();
    return found
        .sub(wanted)
        .square()
        .add(new Scalar(width * width))
        .sqrt()
        .sub(new Scalar(width))
        .mean();
  }
}
