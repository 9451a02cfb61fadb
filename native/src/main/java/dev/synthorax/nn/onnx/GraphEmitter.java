package dev.synthorax.nn.onnx;

import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.weights.ModelWeights;
import java.util.ArrayList;
import java.util.List;

/** Writes a network into an ONNX graph: its inputs, its nodes, its outputs. */
final class GraphEmitter {
  private GraphEmitter() {}

  /**
   * Emits it.
   *
   * @throws IllegalArgumentException if the weights or the configuration do not fit
   */
  static void emit(NetworkGraph network, OnnxGraph graph, OnnxOps ops) {
    List<GraphValue> inputs = new ArrayList<>();
    for (TensorSpec spec : network.inputs()) {
      long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
      inputs.add(graph.input(spec.name(), spec.dataType(), shape));
    }
    List<GraphValue> outputs = network.forward(ops, inputs);
    for (int i = 0; i < outputs.size(); i++) {
      graph.output(network.outputs().get(i), outputs.get(i));
    }
  }

  /**
   * A graph of its own.
   *
   * @param weights who is to blame where they do not fit
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the weights' file
   */
  static OnnxGraph graph(NetworkGraph network, ModelWeights weights, WeightSource source) {
    var graph = new OnnxGraph(network.name());
    try {
      emit(network, graph, new OnnxOps(graph, source, network.precision()));
    } catch (IllegalArgumentException e) {
      throw weights.file().failed(String.valueOf(e.getMessage()), e);
    }
    return graph;
  }
}
