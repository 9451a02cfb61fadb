package dev.synthorax.nn;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One golden folder: {@code config.json}, weights, and {@code io.safetensors} with inputs and
 * expected outputs.
 *
 * <p><b>Ownership:</b> owns the mapped file.
 */
public final class GoldenCase implements AutoCloseable {

  /** Largest difference allowed, as a share of the largest expected magnitude. */
  public static final double TOLERANCE = 1e-4;

  private final Path folder;
  private final SafetensorsFile file; // owned

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  private GoldenCase(Path folder) {
    this.folder = folder;
    this.file = SafetensorsFile.open(folder.resolve("io.safetensors"));
  }

  /** Opens {@code src/test/resources/golden/<name>}. */
  @MustBeClosed
  public static GoldenCase open(String name) {
    return new GoldenCase(Path.of("src/test/resources/golden", name));
  }

  public Path config() {
    return folder.resolve("config.json");
  }

  public Path weights() {
    Path diffusers = folder.resolve("diffusion_pytorch_model.safetensors");
    return Files.exists(diffusers) ? diffusers : folder.resolve("model.safetensors");
  }

  public long[] shape(String name) {
    return file.tensor(name).shape();
  }

  public float[] floats(String name) {
    StoredTensor tensor = file.tensor(name);
    float[] values = new float[Math.toIntExact(tensor.elements())];
    tensor.copyAsFloat32(MemorySegment.ofArray(values));
    return values;
  }

  public long[] longs(String name) {
    return file.tensor(name).data().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
  }

  /** Compares an output: {@code max|a - b| <= 1e-4 max|b|}. */
  public void assertMatches(String name, float[] actual) {
    assertMatches(name, actual, TOLERANCE);
  }

  /** Compares an output: {@code max|a - b| <= tolerance max|b|}. */
  public void assertMatches(String name, float[] actual, double tolerance) {
    float[] expected = floats(name);
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s[%d]", name, i).isFinite();
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    assertThat(largest).as("largest magnitude of %s", name).isPositive();
    assertThat(difference / largest).as("relative difference of %s", name).isLessThan(tolerance);
  }

  @Override
  public void close() {
    file.close();
  }
}
