package dev.synthorax.training.tuning;

import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * U-Net and ControlNet of a pipeline. Gradients flow where their parameters ask for them.
 *
 * <p><b>Ownership:</b> borrows the parameters.
 *
 * @param control null: the pipeline takes no masks
 */
record Denoiser(BasePipeline base, TorchParameters unet, @Nullable TorchParameters control) {
  /** The output for noised latents, like them. */
  Tensor predict(Tensor noised, int[] timesteps, Conditions conditions) {
    return predict(noised, timesteps, conditions, residuals(noised, timesteps, conditions));
  }

  /** The same, with the ControlNet's part known. */
  Tensor predict(
      Tensor noised,
      int[] timesteps,
      Conditions conditions,
      @Nullable ControlNetResiduals<Tensor> residuals) {
    return UNet2DConditionModel.forward(
        TorchOps.training(unet),
        base.unet(),
        noised,
        floats(timesteps),
        conditions.words(),
        residuals);
  }

  /** What the ControlNet adds: nothing to rows without masks. Null where no row has any. */
  @Nullable ControlNetResiduals<Tensor> residuals(
      Tensor noised, int[] timesteps, Conditions conditions) {
    Tensor masks = conditions.masks();
    if (control == null || base.control() == null || masks == null) {
      return null;
    }
    ControlNetResiduals<Tensor> all =
        ControlNetModel.forward(
            TorchOps.training(control),
            base.control(),
            noised,
            floats(timesteps),
            conditions.words(),
            masks);
    float[] shown = new float[timesteps.length];
    for (int i = 0; i < shown.length; i++) {
      shown[i] = conditions.hasMasks()[i] ? 1 : 0;
    }
    Tensor rows = TorchTensors.floats(shown, shown.length, 1, 1, 1);
    return new ControlNetResiduals<>(
        all.down().stream().map(residual -> residual.mul(rows)).toList(), all.middle().mul(rows));
  }

  private static Tensor floats(int[] timesteps) {
    float[] values = new float[timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = timesteps[i];
    }
    return TorchTensors.floats(values, values.length);
  }
}
