package dev.synthorax.training.tuning;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.reading.Reader;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The diffusion loss, and what a frozen reader says of the image that one step from the noised
 * latents leads to: whether it shows what the row was asked for. Rows that were not asked for
 * anything the reader can see, or are too noisy, have the first part alone.
 *
 * <p><b>Ownership:</b> borrows networks and reader.
 */
record ProxyLoss(
    OpenBase open,
    DiffusionProcess process,
    ProxySettings settings,
    Denoiser denoiser,
    Reader reader) {
  /** The loss of a batch, a scalar with gradients. */
  Tensor of(int[] batch) {
    Tensor latents = open.latents(batch);
    Conditions given = open.conditions(batch, settings.drop());
    int[] timesteps = process.drawTimesteps(batch.length);
    Tensor epsilon = torch.randn(TorchTensors.shape(latents));
    Tensor noised = process.noised(latents, epsilon, timesteps);
    Tensor output = denoiser.predict(noised, timesteps, given);
    Tensor loss =
        output
            .sub(process.target(latents, epsilon, timesteps))
            .square()
            .mean()
            .mul(new Scalar(settings.diffusionWeight()));
    int[] rows = seen(timesteps, given);
    if (rows.length == 0) {
      return loss;
    }
    Tensor index = TorchTensors.longs(IntStream.of(rows).asLongStream().toArray(), rows.length);
    Tensor estimate =
        process.estimate(
            noised.index_select(0, index), output.index_select(0, index), pick(timesteps, rows));
    Tensor read = reader.loss(open.samples(), pick(batch, rows), open.decode(estimate));
    double share = (double) rows.length / batch.length;
    return loss.add(read.mul(new Scalar(settings.proxyWeight() * share)));
  }

  /** Rows that the reader judges. */
  private int[] seen(int[] timesteps, Conditions given) {
    boolean[] asked = reader.config().marks() ? given.hasMasks() : given.hasText();
    return IntStream.range(0, timesteps.length)
        .filter(
            i ->
                asked[i]
                    && timesteps[i] >= settings.minTimestep()
                    && timesteps[i] <= settings.maxTimestep())
        .toArray();
  }

  private static int[] pick(int[] values, int[] rows) {
    return IntStream.of(rows).map(row -> values[row]).toArray();
  }
}
