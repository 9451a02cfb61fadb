package dev.synthorax.nn.torch;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.ShapeOps;
import dev.synthorax.nn.weights.ModelWeights;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a network once with its weights, in FP32 and without gradients. */
public final class TorchRun {
  /**
   * One input.
   *
   * @param values {@code float[]} or {@code long[]}, row-major
   * @param shape whose product is their number
   */
  public record Input(Object values, List<Long> shape) {
    private Tensor tensor() {
      return switch (values) {
        case float[] floats -> TorchTensors.floats(floats, dims());
        case long[] longs -> TorchTensors.longs(longs, dims());
        default -> throw new IllegalArgumentException("values: " + values.getClass());
      };
    }

    private long[] dims() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private TorchRun() {}

  /**
   * Runs it on the processor.
   *
   * @param weights borrowed
   * @param inputs in the network's order
   * @return the outputs, row-major
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if the weights do not fit
   */
  public static List<float[]> run(NetworkGraph network, ModelWeights weights, List<Input> inputs) {
    ShapeOps shapes = new ShapeOps();
    network.forward(shapes, inputs.stream().map(Input::dims).toList());
    List<ParameterSpec> specs = shapes.parameters();
    try (TorchParameters parameters = TorchParameters.load(specs, weights);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      List<Tensor> tensors = inputs.stream().map(Input::tensor).toList();
      return network.forward(TorchOps.evaluation(parameters), tensors).stream()
          .map(TorchTensors::toFloats)
          .toList();
    }
  }
}
