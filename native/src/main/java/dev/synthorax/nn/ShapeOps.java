package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a network on shapes alone: checks them, lists the parameters and counts what a pass costs. A
 * value is its dims; computes no element. Where the batch is symbolic ({@link #DYNAMIC}), costs are
 * those of one row. Impossible operands are {@link IllegalArgumentException}s that name the scope.
 */
public final class ShapeOps implements Ops<long[]> {

  /** What all scopes of one pass share. */
  private static final class Tally {
    private final Map<String, ParameterSpec> parameters = new LinkedHashMap<>();
    private long multiplyAdds;
    private long activationElements;
  }

  private final Tally tally;
  private final String path;

  /** Starts with no parameters and no cost. */
  public ShapeOps() {
    this(new Tally(), "");
  }

  private ShapeOps(Tally tally, String path) {
    this.tally = tally;
    this.path = path;
  }

  /** The parameters met so far, each once, in the order of the first use. */
  public List<ParameterSpec> parameters() {
    return List.copyOf(tally.parameters.values());
  }

  /** The cost of everything run so far. */
  public NetworkCost cost() {
    long parameters =
        tally.parameters.values().stream()
            .filter(ParameterSpec::learned)
            .mapToLong(ParameterSpec::elements)
            .sum();
    return new NetworkCost(parameters, tally.multiplyAdds, tally.activationElements);
  }

  @Override
  public ShapeOps in(String scope) {
    return new ShapeOps(tally, join(scope));
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
  public long[] parameter(String name, Init init, long... shape) {
    return declare(name, init, true, shape);
  }

  private long[] declare(String name, Init init, boolean learned, long... shape) {
    var spec = new ParameterSpec(join(name), init, Arrays.stream(shape).boxed().toList(), learned);
    ParameterSpec known = tally.parameters.putIfAbsent(spec.name(), spec);
    if (known != null && !known.shape().equals(spec.shape())) {
      throw wrong("%s has shape %s".formatted(name, spec.shape()), known.shape().toString());
    }
    return shape.clone();
  }

  @Override
  public long[] constant(float[] values, long... shape) {
    if (elements(shape) != values.length) {
      throw wrong(values.length + " values", "as many as " + Arrays.toString(shape));
    }
    return shape.clone();
  }

  @Override
  public long[] observe(String name, long[] x) {
    return x;
  }

  @Override
  public long[] shape(long[] x) {
    return x.clone();
  }

  @Override
  public long[] reshape(long[] x, long... dims) {
    boolean symbolic = x.length > 0 && x[0] == DYNAMIC;
    long[] result = dims.clone();
    int inferred = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == KEEP) {
        result[i] = x[i];
      } else if (dims[i] == INFER && !(i == 0 && symbolic)) {
        inferred = i;
      }
    }
    if (symbolic && result[0] != DYNAMIC) {
      throw wrong("reshape to " + Arrays.toString(dims), "the first dim kept or inferred");
    }
    long from = elements(x); // a symbolic batch stands for itself on both sides
    long to = elements(result);
    if (inferred >= 0) {
      result[inferred] = from / to;
      to *= result[inferred];
    }
    boolean rowsChange = symbolic && dims[0] == INFER;
    if (rowsChange ? from % to != 0 : from != to) {
      throw wrong("reshape to " + Arrays.toString(dims), "the elements of " + Arrays.toString(x));
    }
    return result;
  }

  @Override
  public long[] permute(long[] x, int... axes) {
    if (axes.length != x.length) {
      throw wrong(axes.length + " axes", "" + x.length);
    }
    return touch(Arrays.stream(axes).mapToLong(axis -> x[axis]).toArray(), x);
  }

  @Override
  public long[] concat(int axis, List<long[]> parts) {
    long[] result = parts.getFirst().clone();
    result[axis] = 0;
    for (long[] part : parts) {
      if (part[axis] == DYNAMIC) {
        throw wrong("concat of " + Arrays.toString(part), "a known dim " + axis);
      }
      result[axis] += part[axis];
      long[] others = part.clone();
      others[axis] = result[axis];
      if (!Arrays.equals(others, result)) {
        throw wrong("concat of " + Arrays.toString(part), "the dims of the other parts");
      }
    }
    return touch(result, parts.toArray(long[][]::new));
  }

  @Override
  public long[] slice(long[] x, int axis, long from, long to) {
    if (from < 0 || to <= from || to > x[axis]) {
      throw wrong("slice %d..%d".formatted(from, to), "within 0.." + x[axis]);
    }
    long[] result = x.clone();
    result[axis] = to - from;
    return touch(result, result);
  }

  @Override
  public long[] add(long[] a, long[] b) {
    return broadcast(a, b);
  }

  @Override
  public long[] multiply(long[] a, long[] b) {
    return broadcast(a, b);
  }

  @Override
  public long[] scale(long[] x, double factor) {
    return touch(x, x);
  }

  @Override
  public long[] sin(long[] x) {
    return touch(x, x);
  }

  @Override
  public long[] cos(long[] x) {
    return touch(x, x);
  }

  @Override
  public long[] activation(Activation activation, long[] x) {
    return touch(x, x);
  }

  @Override
  public long[] mean(long[] x, boolean keepDims, int... axes) {
    List<Long> result = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      int axis = i;
      boolean reduced = Arrays.stream(axes).anyMatch(each -> each == axis);
      if (!reduced) {
        result.add(x[i]);
      } else if (keepDims) {
        result.add(1L);
      }
    }
    return touch(result.stream().mapToLong(Long::longValue).toArray(), x);
  }

  @Override
  public long[] conv2d(
      long[] x, long[] weight, long @Nullable [] bias, int stride, Padding padding) {
    if (x.length != 4 || x[1] != weight[1]) {
      throw wrong("convolution of " + Arrays.toString(x), weight[1] + " channels");
    }
    long height = x[2] + padding.top() + padding.bottom() - weight[2];
    long width = x[3] + padding.left() + padding.right() - weight[3];
    if (height < 0 || width < 0) {
      throw wrong("convolution of " + Arrays.toString(x), "an image as large as the kernel");
    }
    long[] result = {x[0], weight[0], height / stride + 1, width / stride + 1};
    tally.multiplyAdds += elements(result) * weight[1] * weight[2] * weight[3];
    return touch(result, x);
  }

  @Override
  public long[] linear(long[] x, long[] weight, long @Nullable [] bias) {
    if (x[x.length - 1] != weight[1]) {
      throw wrong("linear layer on " + Arrays.toString(x), weight[1] + " features");
    }
    long[] result = x.clone();
    result[x.length - 1] = weight[0];
    tally.multiplyAdds += elements(x) * weight[0];
    return touch(result, x);
  }

  @Override
  public long[] groupNorm(long[] x, int groups, long[] weight, long[] bias, double epsilon) {
    if (x[1] % groups != 0) {
      throw wrong(groups + " groups of " + x[1] + " channels", "a divisor");
    }
    return touch(x, x);
  }

  @Override
  public long[] layerNorm(long[] x, long[] weight, long[] bias, double epsilon) {
    return touch(x, x);
  }

  @Override
  public long[] batchNorm(long[] x, double epsilon, double momentum) {
    parameter("weight", Init.ONES, x[1]);
    parameter("bias", Init.ZEROS, x[1]);
    declare("running_mean", Init.ZEROS, false, x[1]);
    declare("running_var", Init.ONES, false, x[1]);
    return touch(x, x);
  }

  @Override
  public long[] attention(long[] query, long[] key, long[] value, boolean causal) {
    if (query[1] != key[1] || query[3] != key[3] || !Arrays.equals(key, value)) {
      throw wrong(
          "attention of %s to %s".formatted(Arrays.toString(query), Arrays.toString(key)),
          "the same heads and features");
    }
    tally.multiplyAdds += 2 * elements(query) * key[2];
    return touch(query, query, key, value);
  }

  @Override
  public long[] embedding(long[] weight, long[] ids) {
    long[] result = Arrays.copyOf(ids, ids.length + 1);
    result[ids.length] = weight[1];
    return touch(result, result);
  }

  @Override
  public long[] upsampleNearest2x(long[] x) {
    return touch(new long[] {x[0], x[1], 2 * x[2], 2 * x[3]}, x);
  }

  @Override
  public long[] averagePool2d(long[] x, int size) {
    return maxPool2d(x, size, size, 0);
  }

  @Override
  public long[] maxPool2d(long[] x, int size, int stride, int padding) {
    long height = (x[2] + 2L * padding - size) / stride + 1;
    long width = (x[3] + 2L * padding - size) / stride + 1;
    return touch(new long[] {x[0], x[1], height, width}, x);
  }

  @Override
  public long[] widen(long[] x) {
    return x;
  }

  @Override
  public long[] narrow(long[] x) {
    return x;
  }

  private long[] broadcast(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] result = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long left = i <= a.length ? a[a.length - i] : 1;
      long right = i <= b.length ? b[b.length - i] : 1;
      if (left != right && left != 1 && right != 1) {
        throw wrong(
            "%s and %s".formatted(Arrays.toString(a), Arrays.toString(b)), "dims that broadcast");
      }
      result[rank - i] = left == 1 ? right : left;
    }
    return touch(result, a, b);
  }

  /** Counts the elements that an operation reads and writes. */
  private long[] touch(long[] result, long[]... operands) {
    tally.activationElements += elements(result);
    for (long[] operand : operands) {
      tally.activationElements += elements(operand);
    }
    return result.clone();
  }

  /** Of one row where the batch is symbolic; a dim still to be inferred counts as 1. */
  private static long elements(long[] shape) {
    long product = 1;
    for (long dim : shape) {
      product = Math.multiplyExact(product, dim < 0 ? 1 : dim);
    }
    return product;
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private IllegalArgumentException wrong(String found, String expected) {
    return new IllegalArgumentException(
        "%s: %s (expected: %s)".formatted(path.isEmpty() ? "network" : path, found, expected));
  }
}
