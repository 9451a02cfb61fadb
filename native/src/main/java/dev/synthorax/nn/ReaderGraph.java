package dev.synthorax.nn;

import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that reads radiographs: {@code image} {@code [rows, 1, height, width]}, grey in -1..1,
 * to {@code logits}, and of a network of findings also {@code features} {@code [rows, channels]},
 * the mean of its deepest map.
 *
 * @param height of the image in pixels
 * @param width of the image in pixels
 */
public record ReaderGraph(ReaderConfig config, int height, int width, Precision precision)
    implements NetworkGraph {
  @Override
  public String name() {
    return config.marks() ? "segmenter" : "classifier";
  }

  @Override
  public List<TensorSpec> inputs() {
    List<Long> shape = List.of(TensorSpec.DYNAMIC, 1L, (long) height, (long) width);
    return List.of(new TensorSpec("image", precision.dataType(), shape));
  }

  @Override
  public List<String> outputs() {
    return config.marks() ? List.of("logits") : List.of("logits", "features");
  }

  @Override
  public <T> List<T> forward(Ops<T> ops, List<T> inputs) {
    Reading<T> reading = config.forward(ops, inputs.getFirst());
    var outputs = new ArrayList<T>();
    outputs.add(reading.logits());
    if (!config.marks()) {
      outputs.add(ops.mean(reading.features().getLast(), false, 2, 3));
    }
    return outputs;
  }
}
