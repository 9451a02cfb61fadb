package dev.synthorax.training.drawing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.FloatConversion;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import dev.synthorax.nn.weights.StoredTensor;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The latent distribution of every sample, computed once: {@code mean} and {@code deviation}, F16
 * {@code [n, channels, height, width]}, before scaling. The scaling factor is that of the base's
 * autoencoder, or makes the latents' standard deviation 1 over the whole set.
 *
 * <p><b>Ownership:</b> owns the mapping.
 *
 * <p><b>Threading:</b> one thread.
 */
final class LatentCache implements AutoCloseable {
  private static final String FILE = "latents.safetensors";
  private static final String SCALING_FACTOR = "scalingFactor";

  private final SafetensorsFile file; // owned
  private final StoredTensor mean;
  private final StoredTensor deviation;
  private final double scalingFactor;

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  private LatentCache(Path path) {
    this.file = SafetensorsFile.open(path);
    this.mean = file.tensor("mean");
    this.deviation = file.tensor("deviation");
    this.scalingFactor = Double.parseDouble(file.metadata().getOrDefault(SCALING_FACTOR, "1"));
  }

  /** Opens the cache among the results of {@link LatentStage}. */
  @MustBeClosed
  static LatentCache open(WorkFolder work) {
    return new LatentCache(work.result(LatentStage.NAME).resolve(FILE));
  }

  /**
   * What a cache holds.
   *
   * @param shape of both tensors
   * @param mean F16
   * @param deviation F16
   * @param scalingFactor what latents are multiplied by
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Content(long[] shape, MemorySegment mean, MemorySegment deviation, double scalingFactor) {}

  /** Writes a cache into a folder. */
  static void write(Path folder, Identity identity, Content content) throws IOException {
    new SafetensorsWriter()
        .metadata(SCALING_FACTOR, Double.toString(content.scalingFactor()))
        .metadata("identity", identity.toJson())
        .add("mean", ElementType.F16, content.shape(), content.mean())
        .add("deviation", ElementType.F16, content.shape(), content.deviation())
        .write(folder.resolve(FILE));
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

  /** Of so many latents. */
  long[] batchShape(int rows) {
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
