package dev.synthorax.training.tuning;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * How much more the networks gained on the image that pleased less, than on the one that pleased
 * more. Both images of a pair have the same noise and time step. Where a pair was rated by text and
 * by masks, both rankings count half.
 *
 * <p><b>Ownership:</b> borrows the networks.
 *
 * @param learning the base as it learns
 * @param reference the base as it was
 * @see <a href="https://arxiv.org/abs/2311.12908">Wallace et al., Diffusion-DPO, eq. 14</a>
 */
record PreferenceLoss(
    OpenBase open,
    DiffusionProcess process,
    PreferenceSettings settings,
    Denoiser learning,
    Denoiser reference) {
  /** The loss of pairs, a scalar with gradients. */
  Tensor of(List<PreferencePair> pairs) {
    int[] batch =
        IntStream.concat(
                pairs.stream().mapToInt(PreferencePair::first),
                pairs.stream().mapToInt(PreferencePair::second))
            .toArray();
    Tensor latents = open.latents(batch);
    Conditions given = open.conditions(batch, Conditions.Drop.NONE);
    int[] drawn = process.drawTimesteps(pairs.size());
    int[] timesteps = IntStream.range(0, batch.length).map(i -> drawn[i % drawn.length]).toArray();
    long[] shape = TorchTensors.shape(latents);
    shape[0] = pairs.size();
    Tensor noise = torch.randn(shape);
    Tensor epsilon = torch.cat(new TensorVector(noise, noise), 0);
    Tensor noised = process.noised(latents, epsilon, timesteps);
    Tensor target = process.target(latents, epsilon, timesteps);
    Tensor found = errors(learning, noised, timesteps, given, target);
    Tensor before;
    try (NoGradGuard _ = new NoGradGuard()) {
      before = errors(reference, noised, timesteps, given, target);
    }
    Tensor gained = found.sub(before);
    return of(
        pairs,
        settings,
        gained.narrow(0, 0, pairs.size()),
        gained.narrow(0, pairs.size(), pairs.size()));
  }

  private static Tensor errors(
      Denoiser denoiser, Tensor noised, int[] timesteps, Conditions given, Tensor target) {
    return denoiser.predict(noised, timesteps, given).sub(target).square().flatten(1, -1).mean(1);
  }

  /**
   * The loss, from how much each image's squared error has risen above the reference's.
   *
   * @param first {@code [pairs]}
   * @param second {@code [pairs]}
   */
  static Tensor of(
      List<PreferencePair> pairs, PreferenceSettings settings, Tensor first, Tensor second) {
    Tensor byText = terms(pairs.stream().map(PreferencePair::text), settings, first, second);
    Tensor byMask = terms(pairs.stream().map(PreferencePair::mask), settings, first, second);
    float[] textShare = new float[pairs.size()];
    float[] maskShare = new float[pairs.size()];
    for (int i = 0; i < pairs.size(); i++) {
      boolean text = pairs.get(i).text() != null;
      boolean mask = pairs.get(i).mask() != null;
      textShare[i] = !text ? 0 : mask ? 0.5f : 1;
      maskShare[i] = 1 - textShare[i];
    }
    return byText
        .mul(TorchTensors.floats(textShare, textShare.length))
        .add(byMask.mul(TorchTensors.floats(maskShare, maskShare.length)))
        .mean();
  }

  /** {@code -log sigmoid(-beta / 2 (better - worse))} of each pair, by one of its rankings. */
  private static Tensor terms(
      Stream<PreferencePair.@Nullable Scores> ranked,
      PreferenceSettings settings,
      Tensor first,
      Tensor second) {
    List<PreferencePair.@Nullable Scores> rankings = ranked.toList();
    int count = rankings.size();
    float[] ofFirst = new float[count];
    float[] ofSecond = new float[count];
    for (int i = 0; i < count; i++) {
      PreferencePair.Scores scores = rankings.get(i);
      if (scores != null) {
        int sign = scores.first() > scores.second() ? 1 : -1;
        ofFirst[i] = (float) (sign * weight(settings, scores.first()));
        ofSecond[i] = (float) (-sign * weight(settings, scores.second()));
      }
    }
    Tensor difference =
        first
            .mul(TorchTensors.floats(ofFirst, count))
            .add(second.mul(TorchTensors.floats(ofSecond, count)));
    return torch.softplus(difference.mul(new Scalar(settings.beta() / 2)));
  }

  private static double weight(PreferenceSettings settings, double score) {
    return settings.scoreWeighted() ? score / PreferencePair.BEST : 1;
  }
}
