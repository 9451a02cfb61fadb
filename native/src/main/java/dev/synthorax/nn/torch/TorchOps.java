package dev.synthorax.nn.torch;

import static java.util.Objects.requireNonNull;

import dev.synthorax.nn.Activation;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Runs networks in FP32 with libtorch on the CPU. Gradients flow if the parameters require them and
 * no {@code NoGradGuard} is open.
 *
 * <p><b>Ownership:</b> borrows the parameters. Values belong to the innermost open {@code
 * PointerScope}: open one around each forward pass with its backward pass, or memory waits for the
 * garbage collector.
 *
 * <p><b>Threading:</b> the thread of that scope.
 */
public final class TorchOps implements Ops<Tensor> {

  private static final double QUICK_GELU_FACTOR = 1.702;

  private final TorchParameters parameters; // borrowed
  private final boolean training;
  private final BiConsumer<String, Tensor> observer;
  private final String path;

  private TorchOps(
      TorchParameters parameters,
      boolean training,
      BiConsumer<String, Tensor> observer,
      String path) {
    this.parameters = parameters;
    this.training = training;
    this.observer = observer;
    this.path = path;
  }

  /** For training passes: normalisations use and move the statistics of the batch. */
  public static TorchOps training(TorchParameters parameters) {
    return new TorchOps(requireNonNull(parameters, "parameters"), true, (name, x) -> {}, "");
  }

  /** For evaluation: the result of a row depends on that row alone. */
  public static TorchOps evaluation(TorchParameters parameters) {
    return new TorchOps(requireNonNull(parameters, "parameters"), false, (name, x) -> {}, "");
  }

  /**
   * The same, showing each named intermediate.
   *
   * @param observer borrows each tensor until it returns
   */
  public TorchOps observing(BiConsumer<String, Tensor> observer) {
    return new TorchOps(parameters, training, requireNonNull(observer, "observer"), path);
  }

  @Override
  public TorchOps in(String scope) {
    return new TorchOps(parameters, training, observer, join(scope));
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean training() {
    return training;
  }

  @Override
  public Tensor parameter(String name, Init init, long... shape) {
    Tensor tensor = parameters.tensor(join(name));
    if (!Arrays.equals(TorchTensors.shape(tensor), shape)) {
      throw new IllegalArgumentException(
          "%s: shape %s (expected: %s)"
              .formatted(
                  join(name), Arrays.toString(TorchTensors.shape(tensor)), Arrays.toString(shape)));
    }
    return tensor;
  }

  @Override
  public Tensor constant(float[] values, long... shape) {
    return TorchTensors.floats(values, shape);
  }

  @Override
  public Tensor observe(String name, Tensor x) {
    observer.accept(join(name), x);
    return x;
  }

  @Override
  public Tensor part(Supplier<Tensor> part) {
    PointerScope outer = PointerScope.getInnerScope();
    if (outer == null) {
      throw new IllegalStateException(
          "no PointerScope is open (expected: one around each pass of TorchOps)");
    }
    Tensor result;
    try (PointerScope _ = new PointerScope()) {
      result = part.get();
      result.retainReference(); // outlives the inner scope
    }
    outer.attach(result);
    result.releaseReference();
    return result;
  }

  @Override
  public long[] shape(Tensor x) {
    return TorchTensors.shape(x);
  }

  @Override
  public long dim(Tensor x, int axis) {
    return x.size(axis);
  }

  @Override
  public Tensor reshape(Tensor x, long... dims) {
    long[] resolved = dims.clone();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == KEEP) {
        resolved[i] = x.size(i);
      }
    }
    return x.reshape(resolved);
  }

  @Override
  public Tensor permute(Tensor x, int... axes) {
    return x.permute(Arrays.stream(axes).asLongStream().toArray());
  }

  @Override
  public Tensor concat(int axis, List<Tensor> parts) {
    return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), axis);
  }

  @Override
  public Tensor slice(Tensor x, int axis, long from, long to) {
    return x.narrow(axis, from, to - from);
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    return torch.add(a, b);
  }

  @Override
  public Tensor multiply(Tensor a, Tensor b) {
    return torch.mul(a, b);
  }

  @Override
  public Tensor scale(Tensor x, double factor) {
    return torch.mul(x, new Scalar(factor));
  }

  @Override
  public Tensor sin(Tensor x) {
    return torch.sin(x);
  }

  @Override
  public Tensor cos(Tensor x) {
    return torch.cos(x);
  }

  @Override
  public Tensor activation(Activation activation, Tensor x) {
    return switch (activation) {
      case SILU -> torch.silu(x);
      case GELU -> torch.gelu(x);
      case QUICK_GELU -> torch.mul(x, torch.sigmoid(scale(x, QUICK_GELU_FACTOR)));
      case RELU -> torch.relu(x);
      case SIGMOID -> torch.sigmoid(x);
    };
  }

  @Override
  public Tensor mean(Tensor x, boolean keepDims, int... axes) {
    long[] dims = Arrays.stream(axes).asLongStream().toArray();
    return torch.mean(x, dims, keepDims, new ScalarTypeOptional());
  }

  @Override
  public Tensor conv2d(
      Tensor x, Tensor weight, @Nullable Tensor bias, int stride, Padding padding) {
    Tensor input = x;
    long[] pad = {padding.top(), padding.left()};
    if (!padding.symmetric()) {
      input =
          torch.constant_pad_nd(
              x, padding.left(), padding.right(), padding.top(), padding.bottom());
      pad = new long[] {0, 0};
    }
    long[] strides = {stride, stride};
    return torch.conv2d(input, weight, optional(bias), strides, pad, new long[] {1, 1}, 1);
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return torch.linear(x, weight, optional(bias));
  }

  @Override
  public Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
    return torch.group_norm(x, groups, optional(weight), optional(bias), epsilon, false);
  }

  @Override
  public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    long[] normalized = {x.size(-1)};
    return torch.layer_norm(x, normalized, optional(weight), optional(bias), epsilon, false);
  }

  @Override
  public Tensor batchNorm(Tensor x, double epsilon, double momentum) {
    long channels = x.size(1);
    return torch.batch_norm(
        x,
        optional(parameter("weight", Init.ONES, channels)),
        optional(parameter("bias", Init.ZEROS, channels)),
        optional(parameter("running_mean", Init.ZEROS, channels)),
        optional(parameter("running_var", Init.ONES, channels)),
        training,
        momentum,
        epsilon,
        false);
  }

  @Override
  public Tensor attention(Tensor query, Tensor key, Tensor value, boolean causal) {
    return torch.scaled_dot_product_attention(
        query, key, value, new TensorOptional(), 0, causal, new DoubleOptional(), false);
  }

  @Override
  public Tensor embedding(Tensor weight, Tensor ids) {
    return torch.embedding(weight, ids);
  }

  @Override
  public Tensor upsampleNearest2x(Tensor x) {
    return torch.upsample_nearest2d(x, 2 * x.size(2), 2 * x.size(3));
  }

  @Override
  public Tensor averagePool2d(Tensor x, int size) {
    return torch.avg_pool2d(x, size, size);
  }

  @Override
  public Tensor maxPool2d(Tensor x, int size, int stride, int padding) {
    long[] kernel = {size, size};
    long[] strides = {stride, stride};
    long[] pads = {padding, padding};
    return torch.max_pool2d(x, kernel, strides, pads, new long[] {1, 1}, false);
  }

  @Override
  public Tensor widen(Tensor x) {
    return x.to(torch.ScalarType.Float);
  }

  @Override
  public Tensor narrow(Tensor x) {
    return x;
  }

  private static TensorOptional optional(@Nullable Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
