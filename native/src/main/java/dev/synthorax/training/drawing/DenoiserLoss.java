package dev.synthorax.training.drawing;

import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import java.io.IOException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * How far the networks are from predicting a batch's noise, with each condition left out at random.
 *
 * <p><b>Ownership:</b> borrows networks, latents and samples.
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

  /**
   * What learns.
   *
   * @param control absent where there are no masks
   */
  record Networks(TorchParameters unet, TorchParameters text, @Nullable TorchParameters control) {}

  private final Samples samples;
  private final LatentCache latents;
  private final Networks networks;
  private final NoiseObjective objective;
  private final UNet2DConditionConfig unetConfig;
  private final CLIPTextConfig textConfig;
  private final ControlNetConfig controlConfig;
  private final long[][] tokens;

  DenoiserLoss(
      PipelineDraft draft,
      StageRun run,
      LatentCache latents,
      NoiseObjective.Weighting weighting,
      Networks networks)
      throws IOException {
    this.samples = run.samples();
    this.latents = latents;
    this.networks = networks;
    this.objective =
        new NoiseObjective(NoiseSchedulerConfig.read(draft.schedulerConfig()), weighting);
    this.unetConfig = draft.unet();
    this.textConfig = draft.textEncoder();
    this.controlConfig = draft.controlNet();
    this.tokens = VocabularyStage.tokens(run, textConfig);
  }

  /** The loss of a batch, a scalar with gradients; random numbers from libtorch's generator. */
  Tensor of(int[] batch) {
    TorchParameters control = networks.control();
    NoiseObjective.Batch noised = objective.noise(latents.draw(batch));
    double textDrop = control == null ? Drop.DEFAULT.textOnly() : Drop.DEFAULT.text();
    Tensor words =
        CLIPTextModel.forward(TorchOps.training(networks.text()), textConfig, tokens(batch))
            .mul(keep(textDrop, batch.length, 1, 1));
    ControlNetResiduals<Tensor> residuals =
        control == null ? null : residuals(batch, noised, words, control);
    Tensor prediction =
        UNet2DConditionModel.forward(
            TorchOps.training(networks.unet()),
            unetConfig,
            noised.noised(),
            noised.timesteps(),
            words,
            residuals);
    return noised.loss(prediction);
  }

  private ControlNetResiduals<Tensor> residuals(
      int[] batch, NoiseObjective.Batch noised, Tensor words, TorchParameters control) {
    int structures = samples.structures().size();
    Tensor masks =
        TorchTensors.floats(
                samples.masks(batch), batch.length, structures, samples.height(), samples.width())
            .mul(keep(Drop.DEFAULT.structure(), batch.length, structures, 1, 1));
    ControlNetResiduals<Tensor> all =
        ControlNetModel.forward(
            TorchOps.training(control),
            controlConfig,
            noised.noised(),
            noised.timesteps(),
            words,
            masks);
    Tensor rows = keep(Drop.DEFAULT.mask(), batch.length, 1, 1, 1);
    return new ControlNetResiduals<>(
        all.down().stream().map(residual -> residual.mul(rows)).toList(), all.middle().mul(rows));
  }

  private Tensor tokens(int[] batch) {
    int length = textConfig.maxPositions();
    long[] ids = new long[batch.length * length];
    for (int i = 0; i < batch.length; i++) {
      System.arraycopy(tokens[batch[i]], 0, ids, i * length, length);
    }
    return TorchTensors.longs(ids, batch.length, length);
  }

  /** Ones, and zeros with probability {@code drop}. */
  private static Tensor keep(double drop, long... shape) {
    return torch.rand(shape).ge(new Scalar(drop)).to(torch.ScalarType.Float);
  }
}
