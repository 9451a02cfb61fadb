package dev.synthorax.training.drawing;

import static java.util.Objects.requireNonNull;

import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * How far the networks are from predicting a batch's noise, with each condition left out at random.
 *
 * <p><b>Ownership:</b> borrows networks, latents, captions and samples.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://arxiv.org/abs/2207.12598">Ho and Salimans, classifier-free guidance</a>
 */
final class DenoiserLoss {
  /**
   * Shares of rows that learn without a condition.
   *
   * @param textOnly without text where there is no mask to go by
   * @param text without text beside masks
   * @param mask without any mask
   * @param structure without one channel of the mask, so that one structure alone may be given
   */
  record Drop(double textOnly, double text, double mask, double structure) {
    static final Drop DEFAULT = new Drop(0.1, 0.25, 0.35, 0.15);
  }

  private final Samples samples;
  private final LatentCache latents;
  private final CaptionTokens captions;
  private final List<String> structures;
  private final NoiseObjective objective;
  private final UNet2DConditionConfig unetConfig;
  private final CLIPTextConfig textConfig;
  private final @Nullable ControlNetConfig controlConfig;
  private final TorchOps unet;
  private final TorchOps text;
  private final @Nullable TorchOps control;

  /**
   * A loss.
   *
   * @param structures of the masks; empty: text alone
   * @param networks U-Net, text encoder, and a ControlNet where there are masks
   */
  DenoiserLoss(
      PipelineDraft draft,
      NoiseObjective.Weighting weighting,
      Samples samples,
      LatentCache latents,
      CaptionTokens captions,
      List<String> structures,
      Map<Component, TorchParameters> networks)
      throws IOException {
    this.samples = samples;
    this.latents = latents;
    this.captions = captions;
    this.structures = structures;
    this.objective =
        new NoiseObjective(NoiseSchedulerConfig.read(draft.schedulerConfig()), weighting);
    this.unetConfig = draft.unet();
    this.textConfig = draft.textEncoder();
    this.unet = ops(networks, Component.UNET);
    this.text = ops(networks, Component.TEXT_ENCODER);
    this.controlConfig = structures.isEmpty() ? null : draft.controlNet();
    this.control = structures.isEmpty() ? null : ops(networks, Component.CONTROLNET);
  }

  private static TorchOps ops(Map<Component, TorchParameters> networks, Component component) {
    return TorchOps.training(requireNonNull(networks.get(component), component.folder()));
  }

  /** The loss of a batch, a scalar with gradients; random numbers from libtorch's generator. */
  Tensor of(int[] batch) {
    NoiseObjective.Batch noised = objective.noise(latents.draw(batch));
    double drop = control == null ? Drop.DEFAULT.textOnly() : Drop.DEFAULT.text();
    Tensor words = words(captions.drawn(batch)).mul(keep(drop, batch.length, 1, 1));
    int channels = structures.size();
    Conditions conditions =
        control == null
            ? new Conditions(words, null, null)
            : new Conditions(
                words,
                masks(batch).mul(keep(Drop.DEFAULT.structure(), batch.length, channels, 1, 1)),
                keep(Drop.DEFAULT.mask(), batch.length, 1, 1, 1));
    return noised.loss(predict(noised.noised(), noised.timesteps(), conditions));
  }

  /**
   * What a prediction goes by.
   *
   * @param words {@code [batch, length, width]}
   * @param masks {@code [batch, structures, height, width]}; null without a ControlNet
   * @param masked {@code [batch, 1, 1, 1]}: 0 for rows without masks; null without a ControlNet
   */
  record Conditions(Tensor words, @Nullable Tensor masks, @Nullable Tensor masked) {}

  /** All that is known of samples. */
  Conditions whole(int[] batch) {
    Tensor words = words(captions.whole(batch));
    return control == null
        ? new Conditions(words, null, null)
        : new Conditions(words, masks(batch), torch.ones(batch.length, 1, 1, 1));
  }

  /** The network's output for noised latents. */
  Tensor predict(Tensor noised, Tensor timesteps, Conditions conditions) {
    Tensor masks = conditions.masks();
    Tensor masked = conditions.masked();
    ControlNetResiduals<Tensor> residuals = null;
    if (control != null && controlConfig != null && masks != null && masked != null) {
      ControlNetResiduals<Tensor> all =
          ControlNetModel.forward(
              control, controlConfig, noised, timesteps, conditions.words(), masks);
      residuals =
          new ControlNetResiduals<>(
              all.down().stream().map(residual -> residual.mul(masked)).toList(),
              all.middle().mul(masked));
    }
    return UNet2DConditionModel.forward(
        unet, unetConfig, noised, timesteps, conditions.words(), residuals);
  }

  NoiseObjective objective() {
    return objective;
  }

  private Tensor words(Tensor tokens) {
    return CLIPTextModel.forward(text, textConfig, tokens);
  }

  private Tensor masks(int[] batch) {
    return TorchTensors.floats(
        samples.masks(batch, structures),
        batch.length,
        structures.size(),
        samples.height(),
        samples.width());
  }

  /** Ones, and zeros with probability {@code drop}. */
  private static Tensor keep(double drop, long... shape) {
    return torch.rand(shape).ge(new Scalar(drop)).to(torch.ScalarType.Float);
  }
}
