package dev.synthorax.training.drawing;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.FloatConversion;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Encodes every sample once, into a {@link LatentCache}. It has no checkpoint: stopped, it starts
 * over.
 *
 * @param trained stages by what they trained
 */
record LatentStage(PipelineDraft draft, Map<Component, String> trained) implements Recipe.Stage {
  static final String NAME = "latents";
  private static final int REPORT_BATCHES = 64;

  /**
   * Of the encoding.
   *
   * @param batchSize samples at once
   */
  record Encoding(int batchSize) {
    static final Encoding DEFAULT = new Encoding(16);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    return draft.identify(before, Component.VAE).withRecord("latents", Encoding.DEFAULT);
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    Samples samples = run.samples();
    AutoencoderConfig config = draft.autoencoder();
    int factor = config.spatialFactor();
    long[] shape = {
      samples.size(), config.latentChannels(), samples.height() / factor, samples.width() / factor
    };
    long elements = shape[1] * shape[2] * shape[3];
    int batchSize = Encoding.DEFAULT.batchSize();
    double sum = 0;
    double squares = 0;
    long start = System.nanoTime();
    try (Arena arena = Arena.ofConfined();
        TorchParameters parameters = draft.open(Component.VAE, trained, run.seed())) {
      TorchOps ops = TorchOps.evaluation(parameters);
      MemorySegment means = arena.allocate(samples.size() * elements * Short.BYTES, 64);
      MemorySegment deviations = arena.allocate(samples.size() * elements * Short.BYTES, 64);
      for (int from = 0; from < samples.size(); from += batchSize) {
        if (run.stopped()) {
          return false;
        }
        int count = Math.min(batchSize, samples.size() - from);
        int[] indices = IntStream.range(from, from + count).toArray();
        try (PointerScope _ = new PointerScope();
            NoGradGuard _ = new NoGradGuard()) {
          Tensor images =
              TorchTensors.floats(
                  samples.images(indices), count, 1, samples.height(), samples.width());
          Tensor distribution = AutoencoderKL.encode(ops, config, images);
          Tensor mean = ops.slice(distribution, 1, 0, shape[1]).contiguous();
          Tensor logVariance = ops.slice(distribution, 1, shape[1], 2 * shape[1]).contiguous();
          Tensor deviation = LatentBounds.DEFAULT.clamp(logVariance).mul(new Scalar(0.5)).exp();
          long offset = from * elements * Short.BYTES;
          long bytes = count * elements * Short.BYTES;
          FloatConversion.toFloat16(TorchTensors.memory(mean), means.asSlice(offset, bytes));
          FloatConversion.toFloat16(
              TorchTensors.memory(deviation), deviations.asSlice(offset, bytes));
          sum += mean.sum().item_double();
          squares += mean.square().add(deviation.square()).sum().item_double();
        }
        if (from / batchSize % REPORT_BATCHES == 0 || from + count == samples.size()) {
          double seconds = (System.nanoTime() - start) / 1e9;
          run.tell(
              new TrainingEvent.Progress(
                  NAME, from + count, samples.size(), null, (from + count) / seconds));
        }
      }
      double n = (double) samples.size() * elements;
      // A U-Net of the base knows latents at the base's scale.
      double scalingFactor =
          draft.baseOf(Component.VAE) == null
              ? 1 / Math.sqrt(squares / n - (sum / n) * (sum / n))
              : config.scalingFactor();
      run.finish(
          folder ->
              LatentCache.write(
                  folder,
                  run.identity(),
                  new LatentCache.Content(shape, means, deviations, scalingFactor)));
      return true;
    }
  }
}
