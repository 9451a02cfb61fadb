package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.DenseNetConfig;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.ReaderGraph;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exported readers against libtorch on the same random weights. */
class ReaderExportIT {

  private static final int ROWS = 3;
  private static final int SIDE = 32;

  @TempDir Path folder;

  static List<ReaderConfig> readers() {
    return List.of(
        new SegmentationConfig(1, 3, 4, 3),
        new SegmentationConfig(2, 1, 4, 2),
        new ClassifierConfig(1, 7, 4, 2, 2),
        new DenseNetConfig(1, 2, 3, List.of(2, 1, 1), 4, 2, List.of(1.0), List.of(0.0)),
        new DenseNetConfig(
            3, 4, 2, List.of(1, 2), 4, 2, List.of(2.0, 1.0, 0.5), List.of(0.0, -1.0, 0.5)));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void write_randomWeights_agreesWithLibtorchOnGreyImages(ReaderConfig config) throws IOException {
    Path weights = randomWeights(config.parameters());
    Path file = folder.resolve("1/model.onnx");
    float[] image = gaussian(ROWS * SIDE * SIDE);

    write(config, weights, file);

    Map<String, float[]> actual = GraphRun.run(file, ROWS, Map.of("image", image));
    List<float[]> expected = torch(config, weights, image);
    float[] logits = actual.getOrDefault("logits", new float[0]);
    assertAgree(logits, expected.getFirst());
    assertThat(logits).hasSize(ROWS * config.outputs() * (config.marks() ? SIDE * SIDE : 1));
    if (config.marks()) {
      assertThat(actual).doesNotContainKey("features");
    } else {
      assertAgree(actual.getOrDefault("features", new float[0]), expected.getLast());
    }
  }

  @Test
  void write_truncatedWeights_writesNothing() throws IOException {
    SegmentationConfig config = new SegmentationConfig(1, 3, 4, 2);
    Path weights = randomWeights(config.parameters());
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(whole, whole.length - 1));
    Path file = folder.resolve("model.onnx");

    var failure =
        catchThrowableOfType(InferenceException.class, () -> write(config, weights, file));

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure).hasMessageContaining("weights.safetensors");
    assertThat(file).doesNotExist();
  }

  /** No weight is zero, every running variance is positive. */
  private Path randomWeights(List<ParameterSpec> specs) throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    Path file = folder.resolve("weights.safetensors");
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsWriter writer = new SafetensorsWriter();
      for (ParameterSpec spec : specs) {
        MemorySegment data = arena.allocate(spec.elements() * Float.BYTES, Long.BYTES);
        boolean positive = spec.name().endsWith("running_var");
        for (long i = 0; i < spec.elements(); i++) {
          double value = positive ? random.nextDouble(0.5, 2) : random.nextDouble(-0.5, 0.5);
          data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
        }
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        writer.add(spec.name(), ElementType.F32, shape, data);
      }
      writer.write(file);
    }
    return file;
  }

  private static void write(ReaderConfig config, Path weights, Path file) throws IOException {
    try (ModelWeights opened = ModelWeights.open(weights)) {
      OnnxExport.writeWhole(new ReaderGraph(config, SIDE, SIDE, Precision.FP32), opened, file);
    }
  }

  /** Logits, and the means of the deepest map. */
  private static List<float[]> torch(ReaderConfig config, Path weights, float[] image) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard();
        TorchParameters parameters = TorchParameters.load(config.parameters(), weights)) {
      Tensor x = TorchTensors.floats(image, ROWS, 1, SIDE, SIDE);
      var reading = config.forward(TorchOps.evaluation(parameters), x);
      return List.of(
          TorchTensors.toFloats(reading.logits()),
          TorchTensors.toFloats(reading.features().getLast().mean(new long[] {2, 3})));
    }
  }

  private static float[] gaussian(int length) {
    SplittableRandom random = new SplittableRandom(13);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void assertAgree(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    assertThat(largest).isPositive();
    assertThat(difference / largest).isLessThan(1e-4);
  }
}
