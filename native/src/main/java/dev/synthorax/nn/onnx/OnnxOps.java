package dev.synthorax.nn.onnx;

import static dev.synthorax.nn.onnx.OnnxGraph.attribute;

import dev.synthorax.nn.Activation;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import dev.synthorax.nn.onnx.format.AttributeProto;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits a network as ONNX nodes in FP32. Parameters become initializers; islands of FP32 are
 * everywhere, so {@link #widen} and {@link #narrow} emit nothing.
 *
 * <p>The graph computes on any runtime: only operators of the standard set are used. Where the same
 * function can be written in several ways, the form was chosen by what ONNX Runtime's CPU kernels
 * measured on the denoising network, and the comment says so.
 */
final class OnnxOps implements Ops<GraphValue> {

  /** Added to a score that must not count: its softmax is 0, and no sum overflows. */
  private static final float MASKED = -1e30f;

  private final OnnxGraph graph;
  private final WeightSource weights;
  private final String path;
  private final GraphShapes shapes;

  OnnxOps(OnnxGraph graph, WeightSource weights) {
    this(graph, weights, "");
  }

  private OnnxOps(OnnxGraph graph, WeightSource weights, String path) {
    this.graph = graph;
    this.weights = weights;
    this.path = path;
    this.shapes = new GraphShapes(path);
  }

  @Override
  public OnnxOps in(String scope) {
    return new OnnxOps(graph, weights, join(scope));
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean training() {
    return false;
  }

  @Override
  public GraphValue parameter(String name, Init init, long... shape) {
    String full = join(name);
    GraphValue known = graph.parameter(full);
    if (known == null) {
      return graph.parameter(full, weights, shape);
    }
    if (!Arrays.equals(known.dims(), shape)) {
      throw shapes.wrong(name + " of " + Arrays.toString(shape), known.shape().toString());
    }
    return known;
  }

  @Override
  public GraphValue constant(float[] values, long... shape) {
    return graph.constant(values, shape);
  }

  @Override
  public GraphValue observe(String name, GraphValue x) {
    return x;
  }

  @Override
  public long[] shape(GraphValue x) {
    return x.dims();
  }

  @Override
  public GraphValue reshape(GraphValue x, long... dims) {
    long[] shape = shapes.reshape(x, dims);
    return node("Reshape", List.of(x, graph.constant(dims)), List.of(), shape);
  }

  @Override
  public GraphValue permute(GraphValue x, int... axes) {
    long[] shape = Arrays.stream(axes).mapToLong(x::dim).toArray();
    long[] perm = Arrays.stream(axes).asLongStream().toArray();
    return node("Transpose", List.of(x), List.of(attribute("perm", perm)), shape);
  }

  @Override
  public GraphValue concat(int axis, List<GraphValue> parts) {
    return node("Concat", parts, List.of(attribute("axis", axis)), shapes.concat(axis, parts));
  }

  @Override
  public GraphValue slice(GraphValue x, int axis, long from, long to) {
    List<GraphValue> inputs =
        List.of(x, graph.constant(from), graph.constant(to), graph.constant(axis));
    return node("Slice", inputs, List.of(), shapes.slice(x, axis, from, to));
  }

  @Override
  public GraphValue add(GraphValue a, GraphValue b) {
    return node("Add", List.of(a, b), List.of(), shapes.broadcast(a, b));
  }

  @Override
  public GraphValue multiply(GraphValue a, GraphValue b) {
    return node("Mul", List.of(a, b), List.of(), shapes.broadcast(a, b));
  }

  @Override
  public GraphValue scale(GraphValue x, double factor) {
    GraphValue scalar = graph.constant(new float[] {(float) factor});
    return node("Mul", List.of(x, scalar), List.of(), x.dims());
  }

  @Override
  public GraphValue sin(GraphValue x) {
    return node("Sin", List.of(x), List.of(), x.dims());
  }

  @Override
  public GraphValue cos(GraphValue x) {
    return node("Cos", List.of(x), List.of(), x.dims());
  }

  @Override
  public GraphValue activation(Activation activation, GraphValue x) {
    return switch (activation) {
      case SILU -> multiply(x, sigmoid(x));
      case QUICK_GELU -> multiply(x, sigmoid(scale(x, 1.702)));
      case GELU -> node("Gelu", List.of(x), List.of(), x.dims());
      case RELU -> node("Relu", List.of(x), List.of(), x.dims());
      case SIGMOID -> sigmoid(x);
    };
  }

  private GraphValue sigmoid(GraphValue x) {
    return node("Sigmoid", List.of(x), List.of(), x.dims());
  }

  @Override
  public GraphValue mean(GraphValue x, boolean keepDims, int... axes) {
    GraphValue list = graph.constant(Arrays.stream(axes).asLongStream().toArray());
    return node(
        "ReduceMean",
        List.of(x, list),
        List.of(attribute("keepdims", keepDims ? 1 : 0)),
        shapes.mean(x, keepDims, axes));
  }

  @Override
  public GraphValue conv2d(
      GraphValue x, GraphValue weight, @Nullable GraphValue bias, int stride, Padding padding) {
    long[] pads = {padding.top(), padding.left(), padding.bottom(), padding.right()};
    return node(
        "Conv",
        bias == null ? List.of(x, weight) : List.of(x, weight, bias),
        List.of(
            attribute("kernel_shape", new long[] {weight.dim(2), weight.dim(3)}),
            attribute("strides", new long[] {stride, stride}),
            attribute("pads", pads)),
        shapes.conv2d(x, weight, stride, padding));
  }

  @Override
  public GraphValue linear(GraphValue x, GraphValue weight, @Nullable GraphValue bias) {
    long in = x.dim(x.rank() - 1);
    if (in != weight.dim(1)) {
      throw shapes.wrong("linear layer on " + x.shape(), weight.dim(1) + " features");
    }
    // Gemm takes the weight as it is stored and adds the bias in the same pass; a MatMul of three
    // dims was 2 to 4 % slower over the whole network
    GraphValue flat = x.rank() == 2 ? x : reshape(x, INFER, in);
    GraphValue product =
        node(
            "Gemm",
            bias == null ? List.of(flat, weight) : List.of(flat, weight, bias),
            List.of(attribute("transB", 1)),
            flat.dim(0),
            weight.dim(0));
    if (x.rank() == 2) {
      return product;
    }
    long[] shape = x.dims(); // a symbolic batch is the one that the node infers
    shape[x.rank() - 1] = weight.dim(0);
    return node("Reshape", List.of(product, graph.constant(shape)), List.of(), shape);
  }

  @Override
  public GraphValue groupNorm(
      GraphValue x, int groups, GraphValue weight, GraphValue bias, double epsilon) {
    long channels = x.dim(1);
    if (channels % groups != 0) {
      throw shapes.wrong(groups + " groups of " + channels + " channels", "a divisor");
    }
    // as the instance norm of each group's elements: 3 to 8 % faster over a whole network than a
    // layer norm or sums and differences; ONNX Runtime expands GroupNormalization into those
    GraphValue ones = graph.constant(filled(groups, 1), groups);
    GraphValue zeros = graph.constant(filled(groups, 0), groups);
    GraphValue flat = reshape(x, KEEP, groups, INFER);
    GraphValue normed =
        node(
            "InstanceNormalization",
            List.of(flat, ones, zeros),
            List.of(attribute("epsilon", epsilon)),
            flat.dims());
    long[] back = x.dims();
    back[0] = KEEP;
    long[] perChannel = x.dims();
    Arrays.fill(perChannel, 1);
    perChannel[1] = channels;
    GraphValue scaled = multiply(reshape(normed, back), reshape(weight, perChannel));
    return add(scaled, reshape(bias, perChannel));
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  @Override
  public GraphValue layerNorm(GraphValue x, GraphValue weight, GraphValue bias, double epsilon) {
    return node(
        "LayerNormalization",
        List.of(x, weight, bias),
        List.of(attribute("axis", -1), attribute("epsilon", epsilon)),
        x.dims());
  }

  @Override
  public GraphValue batchNorm(GraphValue x, double epsilon, double momentum) {
    long channels = x.dim(1);
    List<GraphValue> inputs =
        List.of(
            x,
            parameter("weight", Init.ONES, channels),
            parameter("bias", Init.ZEROS, channels),
            parameter("running_mean", Init.ZEROS, channels),
            parameter("running_var", Init.ONES, channels));
    return node("BatchNormalization", inputs, List.of(attribute("epsilon", epsilon)), x.dims());
  }

  @Override
  public GraphValue attention(GraphValue query, GraphValue key, GraphValue value, boolean causal) {
    long queries = query.dim(2);
    long keys = key.dim(2);
    long[] shape = {query.dim(0), query.dim(1), queries, keys};
    // ONNX Runtime fuses transpose and scale into the product; its own fused attention operator
    // would save 3 % of the denoising network and run nowhere else
    GraphValue transposed = permute(key, 0, 1, 3, 2);
    GraphValue scores = node("MatMul", List.of(query, transposed), List.of(), shape);
    scores = scale(scores, 1 / Math.sqrt((double) query.dim(3)));
    if (causal) {
      scores = add(scores, causalMask(Math.toIntExact(keys)));
    }
    GraphValue shares = node("Softmax", List.of(scores), List.of(attribute("axis", -1)), shape);
    return node("MatMul", List.of(shares, value), List.of(), query.dims());
  }

  private GraphValue causalMask(int length) {
    float[] mask = new float[length * length];
    for (int i = 0; i < length; i++) {
      Arrays.fill(mask, i * length + i + 1, (i + 1) * length, MASKED);
    }
    return graph.constant(mask, length, length);
  }

  @Override
  public GraphValue embedding(GraphValue weight, GraphValue ids) {
    return node(
        "Gather",
        List.of(weight, ids),
        List.of(attribute("axis", 0)),
        ids.dim(0),
        ids.dim(1),
        weight.dim(1));
  }

  @Override
  public GraphValue upsampleNearest2x(GraphValue x) {
    GraphValue scales = graph.constant(new float[] {1, 1, 2, 2}, 4);
    return graph.node(
        path,
        "Resize",
        List.of(x, GraphValue.ABSENT, scales),
        List.of(
            attribute("mode", "nearest"),
            attribute("coordinate_transformation_mode", "asymmetric"),
            attribute("nearest_mode", "floor")),
        x.dim(0),
        x.dim(1),
        2 * x.dim(2),
        2 * x.dim(3));
  }

  @Override
  public GraphValue averagePool2d(GraphValue x, int size) {
    return pool("AveragePool", x, size);
  }

  @Override
  public GraphValue maxPool2d(GraphValue x, int size) {
    return pool("MaxPool", x, size);
  }

  private GraphValue pool(String operator, GraphValue x, int size) {
    long[] square = {size, size};
    return node(
        operator,
        List.of(x),
        List.of(attribute("kernel_shape", square), attribute("strides", square)),
        x.dim(0),
        x.dim(1),
        x.dim(2) / size,
        x.dim(3) / size);
  }

  @Override
  public GraphValue widen(GraphValue x) {
    return x;
  }

  @Override
  public GraphValue narrow(GraphValue x) {
    return x;
  }

  private GraphValue node(
      String operator, List<GraphValue> inputs, List<AttributeProto> attributes, long... shape) {
    return graph.node(path, operator, inputs, attributes, shape);
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
