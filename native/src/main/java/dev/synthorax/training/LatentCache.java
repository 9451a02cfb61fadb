package dev.synthorax.training;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.FloatConversion;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import dev.synthorax.nn.weights.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The latent distribution of every sample, computed once: {@code mean} and {@code deviation}, F16
 * {@code [n, channels, height, width]}, before scaling. The scaling factor makes the latents'
 * standard deviation 1 over the whole set.
 *
 * <p><b>Ownership:</b> owns the mapping.
 *
 * <p><b>Threading:</b> one thread.
 */
final class LatentCache implements AutoCloseable {
  private static final int BATCH = 16;
  private static final int REPORT_BATCHES = 64;
  private static final double MIN_LOG_VARIANCE = -30; // as diffusers clamps it
  private static final double MAX_LOG_VARIANCE = 20;

  private final SafetensorsFile file; // owned
  private final StoredTensor mean;
  private final StoredTensor deviation;
  private final double scalingFactor;

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  private LatentCache(Path path) {
    this.file = SafetensorsFile.open(path);
    this.mean = file.tensor("mean");
    this.deviation = file.tensor("deviation");
    this.scalingFactor = Double.parseDouble(file.metadata().getOrDefault("scalingFactor", "1"));
  }

  /** Opens the cache, making it first where it is missing. */
  @MustBeClosed
  static LatentCache openOrMake(Path file, StageRun run) throws IOException {
    if (!Files.exists(file)) {
      make(file, run);
    }
    var cache = new LatentCache(file);
    if (cache.size() != run.shards().size()) {
      int found = cache.size();
      cache.close();
      throw new IllegalStateException(
          "%s: %d latents (expected: %d, one a sample); delete it"
              .formatted(file, found, run.shards().size()));
    }
    return cache;
  }

  private static void make(Path file, StageRun run) throws IOException {
    SampleShards shards = run.shards();
    AutoencoderConfig config = run.pipeline().autoencoder();
    int factor = config.spatialFactor();
    long[] shape = {
      shards.size(), config.latentChannels(), shards.height() / factor, shards.width() / factor
    };
    long elements = shape[1] * shape[2] * shape[3];
    double sum = 0;
    double squares = 0;
    long start = System.nanoTime();
    try (Arena arena = Arena.ofConfined();
        TorchParameters parameters = run.pipeline().load(PipelineFolder.Component.VAE)) {
      TorchOps ops = TorchOps.evaluation(parameters);
      MemorySegment means = arena.allocate(shards.size() * elements * Short.BYTES, 64);
      MemorySegment deviations = arena.allocate(shards.size() * elements * Short.BYTES, 64);
      for (int from = 0; from < shards.size(); from += BATCH) {
        int count = Math.min(BATCH, shards.size() - from);
        int[] indices = new int[count];
        java.util.Arrays.setAll(indices, firstOf(from));
        try (PointerScope _ = new PointerScope();
            NoGradGuard _ = new NoGradGuard()) {
          Tensor images =
              TorchTensors.floats(
                  shards.images(indices), count, 1, shards.height(), shards.width());
          Tensor distribution = AutoencoderKL.encode(ops, config, images);
          Tensor mean = ops.slice(distribution, 1, 0, shape[1]).contiguous();
          Tensor logVariance = ops.slice(distribution, 1, shape[1], 2 * shape[1]).contiguous();
          Tensor deviation = clampLogVariance(logVariance).mul(new Scalar(0.5)).exp();
          long offset = from * elements * Short.BYTES;
          long bytes = count * elements * Short.BYTES;
          FloatConversion.toFloat16(TorchTensors.memory(mean), means.asSlice(offset, bytes));
          FloatConversion.toFloat16(
              TorchTensors.memory(deviation), deviations.asSlice(offset, bytes));
          sum += mean.sum().item_double();
          squares += mean.square().add(deviation.square()).sum().item_double();
        }
        if (from / BATCH % REPORT_BATCHES == 0 || from + count == shards.size()) {
          double seconds = (System.nanoTime() - start) / 1e9;
          run.listener()
              .progress("latents", from + count, shards.size(), 0, (from + count) / seconds);
        }
      }
      double n = (double) shards.size() * elements;
      double variance = squares / n - (sum / n) * (sum / n);
      new SafetensorsWriter()
          .metadata("scalingFactor", Double.toString(1 / Math.sqrt(variance)))
          .add("mean", ElementType.F16, shape, means)
          .add("deviation", ElementType.F16, shape, deviations)
          .write(file);
    }
  }

  private static java.util.function.IntUnaryOperator firstOf(int from) {
    return i -> from + i;
  }

  /** Bounds as in diffusers' {@code DiagonalGaussianDistribution}. */
  static Tensor clampLogVariance(Tensor logVariance) {
    return torch.clamp(
        logVariance,
        new ScalarOptional(new Scalar(MIN_LOG_VARIANCE)),
        new ScalarOptional(new Scalar(MAX_LOG_VARIANCE)));
  }

  /** Number of samples. */
  int size() {
    return Math.toIntExact(mean.shape()[0]);
  }

  /** What latents are multiplied by. */
  double scalingFactor() {
    return scalingFactor;
  }

  /**
   * Latents drawn from the samples' distributions and scaled; noise from libtorch's generator.
   *
   * @return FP32 {@code [indices, channels, height, width]}
   */
  Tensor draw(int[] indices) {
    Tensor noise = torch.randn(batchShape(indices.length));
    return gather(mean, indices)
        .add(gather(deviation, indices).mul(noise))
        .mul(new Scalar(scalingFactor));
  }

  private long[] batchShape(int rows) {
    long[] shape = mean.shape();
    shape[0] = rows;
    return shape;
  }

  private Tensor gather(StoredTensor source, int[] indices) {
    Tensor target = torch.empty(batchShape(indices.length));
    MemorySegment memory = TorchTensors.memory(target);
    long elements = source.elements() / size();
    for (int i = 0; i < indices.length; i++) {
      FloatConversion.toFloat32(
          source.data().asSlice(indices[i] * elements * Short.BYTES, elements * Short.BYTES),
          ElementType.F16,
          memory.asSlice(i * elements * Float.BYTES, elements * Float.BYTES));
    }
    return target;
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    file.close();
  }
}
