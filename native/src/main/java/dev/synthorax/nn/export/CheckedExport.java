package dev.synthorax.nn.export;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.onnx.OnnxExport;
import dev.synthorax.nn.torch.TorchRun;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.WeightFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes networks as ONNX and runs each beside the network that it was made from, on the same
 * random inputs.
 *
 * <p><b>Ownership:</b> borrows the backend.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class CheckedExport {
  private static final int ROWS = 2;
  private static final long SEED = 20_261_127;
  private static final int TIMESTEPS = 1000;

  private final Backend backend;
  private final int vocabulary;

  /**
   * An export.
   *
   * @param backend runs what was written, on its first device
   * @param vocabulary token ids of networks that read text are below it
   */
  public CheckedExport(Backend backend, int vocabulary) {
    this.backend = backend;
    this.vocabulary = vocabulary;
  }

  /**
   * A network that was written.
   *
   * @param file of the graph; its weights lie beside it
   * @param difference from the network in FP32: the largest, over all outputs, as a part of that
   *     output's largest value
   */
  public record Written(String network, Precision precision, Path file, double difference) {}

  /**
   * Writes a network and checks it.
   *
   * @param target a folder, made if missing
   * @throws IOException if a file cannot be written
   * @throws InferenceException {@code MODEL_FAILED} if weights are missing, broken or do not fit;
   *     {@code BACKEND_FAILURE} if the graph computes something else; its files are there then
   */
  public Written write(NetworkGraph graph, WeightFiles weights, Path target) throws IOException {
    List<TorchRun.Input> inputs = inputs(graph);
    Path file;
    List<float[]> expected;
    try (ModelWeights opened = ModelWeights.open(weights)) {
      file = OnnxExport.write(graph, opened, target);
      expected = TorchRun.run(graph, opened, inputs);
    }
    List<float[]> actual = run(graph, file, inputs);
    double difference = 0;
    for (int i = 0; i < expected.size(); i++) {
      difference = Math.max(difference, difference(expected.get(i), actual.get(i)));
    }
    Precision precision = graph.precision();
    double bound = bound(precision);
    if (!(difference <= bound)) {
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE,
          "%s: differs from the network by %.2g of its largest value (expected: at most %s in %s)"
              .formatted(file, difference, bound, precision));
    }
    return new Written(graph.name(), precision, file, difference);
  }

  private static double bound(Precision precision) {
    return switch (precision) {
      case FP32 -> 1e-3;
      case FP16 -> 3e-2;
      case BF16 -> 2e-1;
    };
  }

  private List<TorchRun.Input> inputs(NetworkGraph graph) {
    var random = new SplittableRandom(SEED);
    List<TorchRun.Input> inputs = new ArrayList<>();
    for (TensorSpec spec : graph.inputs()) {
      TensorSpec sized = spec.withRows(ROWS);
      int elements = Math.toIntExact(sized.elements());
      if (spec.dataType() == DataType.INT64) {
        long[] ids = random.longs(elements, 0, vocabulary).toArray();
        inputs.add(new TorchRun.Input(ids, sized.shape()));
        continue;
      }
      float[] values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] =
            switch (spec.name()) {
              case "timestep" -> random.nextInt(TIMESTEPS);
              case "controlnet_cond" -> random.nextInt(2);
              default -> rounded(random.nextGaussian(), spec.dataType());
            };
      }
      inputs.add(new TorchRun.Input(values, sized.shape()));
    }
    return inputs;
  }

  /** What a graph of that type is given, so that both are given the same. */
  private static float rounded(double value, DataType type) {
    MemorySegment one = MemorySegment.ofArray(new float[1]);
    type.setFloat(one, 0, (float) value);
    return type.getFloat(one, 0);
  }

  private List<float[]> run(NetworkGraph graph, Path file, List<TorchRun.Input> inputs) {
    try (DeviceStream stream = backend.openStream(backend.devices().getFirst());
        Plan plan = backend.openPlan(PlanRequest.of(file, backend.devices().getFirst()));
        ExecutionContext context = plan.openContext(ROWS)) {
      for (int i = 0; i < inputs.size(); i++) {
        TensorSpec spec = graph.inputs().get(i);
        fill(context.buffer(spec.name()).host(), spec.dataType(), inputs.get(i).values());
      }
      context.enqueue(stream);
      List<float[]> outputs = new ArrayList<>();
      for (String name : graph.outputs()) {
        TensorSpec spec =
            context.outputs().stream()
                .filter(each -> each.name().equals(name))
                .findAny()
                .orElseThrow();
        MemorySegment host = context.buffer(name).host();
        float[] values = new float[Math.toIntExact(spec.elements())];
        for (int k = 0; k < values.length; k++) {
          values[k] = spec.dataType().getFloat(host, k);
        }
        outputs.add(values);
      }
      return outputs;
    }
  }

  private static void fill(MemorySegment buffer, DataType type, Object values) {
    if (values instanceof long[] longs) {
      buffer.copyFrom(MemorySegment.ofArray(longs));
      return;
    }
    float[] floats = (float[]) values;
    for (int i = 0; i < floats.length; i++) {
      type.setFloat(buffer, i, floats[i]);
    }
  }

  private static double difference(float[] expected, float[] actual) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double apart = Math.abs((double) expected[i] - actual[i]);
      difference = apart <= difference ? difference : apart; // a NaN stays
    }
    return largest == 0 ? difference : difference / largest;
  }
}
