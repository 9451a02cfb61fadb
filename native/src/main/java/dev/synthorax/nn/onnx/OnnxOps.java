package dev.synthorax.nn.onnx;

import static dev.synthorax.nn.onnx.OnnxGraph.attribute;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.Activation;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import dev.synthorax.nn.ShapeOps;
import dev.synthorax.nn.onnx.format.AttributeProto;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits a network as ONNX nodes in one working precision. Parameters become initializers of that
 * type; where it is not FP32, what needs the range or the mantissa of FP32 becomes an island
 * between two casts: normalisations, softmax, means and what a network {@linkplain #widen widens}.
 * The statistics of {@link #batchNorm} stay FP32.
 *
 * <p>The graph computes on any runtime: only operators of the standard set are used. Where the same
 * function can be written in several ways, the form was chosen by what ONNX Runtime's CPU kernels
 * measured on the denoising network, and the comment says so. ONNX Runtime's CPU provider has few
 * kernels in FP16: it widens the operands of the others by casts of its own, so FP16 graphs run
 * there, slower than FP32. It does so for no BF16, which therefore runs on devices alone.
 */
final class OnnxOps implements Ops<GraphValue> {

  private final OnnxGraph graph;
  private final WeightSource weights;
  private final DataType working;
  private final ShapeOps shapes;

  OnnxOps(OnnxGraph graph, WeightSource weights) {
    this(graph, weights, Precision.FP32);
  }

  OnnxOps(OnnxGraph graph, WeightSource weights, Precision precision) {
    this(graph, weights, precision.dataType(), new ShapeOps());
  }

  private OnnxOps(OnnxGraph graph, WeightSource weights, DataType working, ShapeOps shapes) {
    this.graph = graph;
    this.weights = weights;
    this.working = working;
    this.shapes = shapes;
  }

  /** Type of values outside FP32 islands: what a network's inputs and outputs are as a rule. */
  DataType working() {
    return working;
  }

  @Override
  public OnnxOps in(String scope) {
    return new OnnxOps(graph, weights, working, shapes.in(scope));
  }

  @Override
  public String path() {
    return shapes.path();
  }

  @Override
  public boolean training() {
    return false;
  }

  @Override
  public GraphValue parameter(String name, Init init, long... shape) {
    return parameter(name, working, shapes.parameter(name, init, shape));
  }

  private GraphValue parameter(String name, DataType dataType, long... shape) {
    String full = path().isEmpty() ? name : path() + "." + name;
    GraphValue known = graph.parameter(full);
    return known == null ? graph.parameter(full, dataType, weights, shape) : known;
  }

  @Override
  public GraphValue constant(float[] values, long... shape) {
    return graph.constant(working, values, shapes.constant(values, shape));
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
    long[] shape = shapes.reshape(x.dims(), dims);
    return node("Reshape", List.of(x, graph.constant(dims)), List.of(), shape);
  }

  @Override
  public GraphValue permute(GraphValue x, int... axes) {
    long[] perm = Arrays.stream(axes).asLongStream().toArray();
    long[] shape = shapes.permute(x.dims(), axes);
    return node("Transpose", List.of(x), List.of(attribute("perm", perm)), shape);
  }

  @Override
  public GraphValue concat(int axis, List<GraphValue> parts) {
    long[] shape = shapes.concat(axis, parts.stream().map(GraphValue::dims).toList());
    return node("Concat", alike(parts), List.of(attribute("axis", axis)), shape);
  }

  @Override
  public GraphValue slice(GraphValue x, int axis, long from, long to) {
    List<GraphValue> inputs =
        List.of(x, graph.constant(from), graph.constant(to), graph.constant(axis));
    return node("Slice", inputs, List.of(), shapes.slice(x.dims(), axis, from, to));
  }

  @Override
  public GraphValue add(GraphValue a, GraphValue b) {
    return node("Add", alike(List.of(a, b)), List.of(), shapes.add(a.dims(), b.dims()));
  }

  @Override
  public GraphValue multiply(GraphValue a, GraphValue b) {
    return node("Mul", alike(List.of(a, b)), List.of(), shapes.multiply(a.dims(), b.dims()));
  }

  @Override
  public GraphValue scale(GraphValue x, double factor) {
    GraphValue scalar = graph.constant(x.dataType(), new float[] {(float) factor});
    return node("Mul", List.of(x, scalar), List.of(), shapes.scale(x.dims(), factor));
  }

  @Override
  public GraphValue sin(GraphValue x) {
    return node("Sin", List.of(x), List.of(), shapes.sin(x.dims()));
  }

  @Override
  public GraphValue cos(GraphValue x) {
    return node("Cos", List.of(x), List.of(), shapes.cos(x.dims()));
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
    GraphValue mean =
        node(
            "ReduceMean",
            List.of(widen(x), list),
            List.of(attribute("keepdims", keepDims ? 1 : 0)),
            shapes.mean(x.dims(), keepDims, axes));
    return cast(mean, x.dataType());
  }

  @Override
  public GraphValue conv2d(
      GraphValue x, GraphValue weight, @Nullable GraphValue bias, int stride, Padding padding) {
    long[] pads = {padding.top(), padding.left(), padding.bottom(), padding.right()};
    return node(
        "Conv",
        alike(bias == null ? List.of(x, weight) : List.of(x, weight, bias)),
        List.of(
            attribute("kernel_shape", new long[] {weight.dim(2), weight.dim(3)}),
            attribute("strides", new long[] {stride, stride}),
            attribute("pads", pads)),
        shapes.conv2d(x.dims(), weight.dims(), null, stride, padding));
  }

  @Override
  public GraphValue linear(GraphValue x, GraphValue weight, @Nullable GraphValue bias) {
    long[] shape = shapes.linear(x.dims(), weight.dims(), null);
    // Gemm takes the weight as it is stored and adds the bias in the same pass; a MatMul of three
    // dims was 2 to 4 % slower over the whole network
    GraphValue flat = x.rank() == 2 ? x : reshape(x, INFER, weight.dim(1));
    GraphValue product =
        node(
            "Gemm",
            alike(bias == null ? List.of(flat, weight) : List.of(flat, weight, bias)),
            List.of(attribute("transB", 1)),
            flat.dim(0),
            weight.dim(0));
    if (x.rank() == 2) {
      return product;
    }
    // a symbolic batch is the one that the node infers
    return node("Reshape", List.of(product, graph.constant(shape)), List.of(), shape);
  }

  @Override
  public GraphValue groupNorm(
      GraphValue x, int groups, GraphValue weight, GraphValue bias, double epsilon) {
    shapes.groupNorm(x.dims(), groups, weight.dims(), bias.dims(), epsilon);
    // as the instance norm of each group's elements: 3 to 8 % faster over a whole network than a
    // layer norm or sums and differences; ONNX Runtime expands GroupNormalization into those
    GraphValue ones = graph.constant(DataType.FP32, filled(groups, 1), groups);
    GraphValue zeros = graph.constant(DataType.FP32, filled(groups, 0), groups);
    GraphValue flat = reshape(widen(x), KEEP, groups, INFER);
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
    perChannel[1] = x.dim(1);
    GraphValue scaled = multiply(reshape(normed, back), reshape(widen(weight), perChannel));
    return cast(add(scaled, reshape(widen(bias), perChannel)), x.dataType());
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  @Override
  public GraphValue layerNorm(GraphValue x, GraphValue weight, GraphValue bias, double epsilon) {
    GraphValue normed =
        node(
            "LayerNormalization",
            List.of(widen(x), widen(weight), widen(bias)),
            List.of(attribute("axis", -1), attribute("epsilon", epsilon)),
            shapes.layerNorm(x.dims(), weight.dims(), bias.dims(), epsilon));
    return cast(normed, x.dataType());
  }

  @Override
  public GraphValue batchNorm(GraphValue x, double epsilon, double momentum) {
    long[] shape = shapes.batchNorm(x.dims(), epsilon, momentum);
    long channels = x.dim(1);
    List<GraphValue> inputs =
        List.of(
            widen(x),
            parameter("weight", DataType.FP32, channels),
            parameter("bias", DataType.FP32, channels),
            parameter("running_mean", DataType.FP32, channels),
            parameter("running_var", DataType.FP32, channels));
    GraphValue normed =
        node("BatchNormalization", inputs, List.of(attribute("epsilon", epsilon)), shape);
    return cast(normed, x.dataType());
  }

  @Override
  public GraphValue attention(GraphValue query, GraphValue key, GraphValue value, boolean causal) {
    long[] shape = shapes.attention(query.dims(), key.dims(), value.dims(), causal);
    return new OnnxAttention(graph, this).forward(query, key, value, causal, shape);
  }

  @Override
  public GraphValue embedding(GraphValue weight, GraphValue ids) {
    return node(
        "Gather",
        List.of(weight, ids),
        List.of(attribute("axis", 0)),
        shapes.embedding(weight.dims(), ids.dims()));
  }

  @Override
  public GraphValue upsampleNearest2x(GraphValue x) {
    GraphValue scales = graph.constant(DataType.FP32, new float[] {1, 1, 2, 2}, 4);
    return node(
        "Resize",
        List.of(x, GraphValue.ABSENT, scales),
        List.of(
            attribute("mode", "nearest"),
            attribute("coordinate_transformation_mode", "asymmetric"),
            attribute("nearest_mode", "floor")),
        shapes.upsampleNearest2x(x.dims()));
  }

  @Override
  public GraphValue averagePool2d(GraphValue x, int size) {
    return pool("AveragePool", x, size, size, 0, shapes.averagePool2d(x.dims(), size));
  }

  @Override
  public GraphValue maxPool2d(GraphValue x, int size, int stride, int padding) {
    long[] shape = shapes.maxPool2d(x.dims(), size, stride, padding);
    return pool("MaxPool", x, size, stride, padding, shape);
  }

  private GraphValue pool(
      String operator, GraphValue x, int size, int stride, int padding, long[] shape) {
    return node(
        operator,
        List.of(x),
        List.of(
            attribute("kernel_shape", new long[] {size, size}),
            attribute("strides", new long[] {stride, stride}),
            attribute("pads", new long[] {padding, padding, padding, padding})),
        shape);
  }

  @Override
  public GraphValue widen(GraphValue x) {
    return cast(x, DataType.FP32);
  }

  @Override
  public GraphValue narrow(GraphValue x) {
    return cast(x, working);
  }

  /** A value in another type; itself where it has that type already. */
  GraphValue cast(GraphValue x, DataType to) {
    return graph.cast(path(), x, to);
  }

  /** The same operands; all FP32 where one is: an island ends by {@link #narrow} alone. */
  private List<GraphValue> alike(List<GraphValue> operands) {
    boolean island = operands.stream().anyMatch(each -> each.dataType() == DataType.FP32);
    return island ? operands.stream().map(this::widen).toList() : operands;
  }

  private GraphValue node(
      String operator, List<GraphValue> inputs, List<AttributeProto> attributes, long... shape) {
    return graph.node(path(), operator, inputs, attributes, shape);
  }
}
