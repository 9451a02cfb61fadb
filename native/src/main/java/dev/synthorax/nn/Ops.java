package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tensor operations that networks are written in, once. An interpreter gives them a meaning:
 * run with gradients (libtorch), emit a graph (ONNX), or count shapes and costs.
 *
 * <p>Images are {@code [batch, channels, height, width]}, sequences {@code [batch, length,
 * features]}. The batch is always dim 0 and may be symbolic ({@link #DYNAMIC}); every other dim is
 * a known number. Elements are in the interpreter's working precision unless said otherwise. Values
 * are immutable: no operation changes its operands.
 *
 * <p>Operands with impossible shapes are programming errors or wrong configurations: {@link
 * IllegalArgumentException}, naming the scope.
 *
 * <p><b>Ownership:</b> values belong to the interpreter, which says how long they live. Parameters
 * outlive every value.
 *
 * <p><b>Threading:</b> one thread at a time.
 *
 * @param <T> a value: a tensor, the output of a graph node, a shape
 */
public interface Ops<T> {

  /** In {@link #shape}: the batch, not known before run time. */
  long DYNAMIC = -1;

  /** In {@link #reshape}: the operand's dim at the same position. */
  long KEEP = 0;

  /** In {@link #reshape}, at most once: what is left over. */
  long INFER = -1;

  // Names

  /**
   * The same interpreter with parameters and intermediates named below {@code scope}. Scopes nest
   * with dots: {@code in("down_blocks.0").in("resnets.1")} is {@code down_blocks.0.resnets.1}.
   *
   * @param scope one or more names joined by dots, not empty
   */
  Ops<T> in(String scope);

  /** The current scope, empty at the root. */
  String path();

  /** Whether this is a training pass; decides the statistics of {@link #batchNorm}. */
  boolean training();

  /**
   * A learned tensor, {@code path() + "." + name} in the weights. The same name gives the same
   * parameter; asking with another shape is an error.
   *
   * @param name {@code weight}, {@code bias} or another leaf name of the state dict
   * @param init its value when weights are created, not read
   * @param shape all dims at least 1
   * @throws IllegalArgumentException if weights are read and lack the name or hold another shape
   */
  T parameter(String name, Init init, long... shape);

  /**
   * A fixed tensor, not learned and not in the weights.
   *
   * @param values row-major; copied
   * @param shape product equal to the number of values
   */
  T constant(float[] values, long... shape);

  /**
   * Names an intermediate for tests, probes and graph readers, as {@code path() + "." + name}.
   *
   * @return {@code x} itself or a value equal to it
   */
  T observe(String name, T x);

  /**
   * Computes a part of the network of which only the result is used later, so that an interpreter
   * may free the part's intermediates early. Changes no value.
   *
   * @param part computes with this interpreter, at once
   */
  default T part(Supplier<T> part) {
    return part.get();
  }

  // Shapes

  /** The dims of a value; dim 0 of a value that depends on the input may be {@link #DYNAMIC}. */
  long[] shape(T x);

  /**
   * One dim of a value.
   *
   * @param axis {@code 0..rank-1}, or negative to count from the end
   */
  default long dim(T x, int axis) {
    long[] shape = shape(x);
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /**
   * The same elements in row-major order under new dims.
   *
   * @param dims a size, {@link #KEEP} or {@link #INFER} each
   */
  T reshape(T x, long... dims);

  /** Reorders axes: dim {@code i} of the result is dim {@code axes[i]} of {@code x}. */
  T permute(T x, int... axes);

  /**
   * Joins values along one axis; all other dims agree.
   *
   * @param axis {@code 0..rank-1}
   * @param parts at least one
   */
  T concat(int axis, List<T> parts);

  /**
   * Part of one axis.
   *
   * @param axis {@code 0..rank-1}; not a symbolic dim
   * @param from first index
   * @param to index after the last, more than {@code from}
   */
  T slice(T x, int axis, long from, long to);

  /**
   * Equal parts of one axis, in order.
   *
   * @param axis {@code 0..rank-1}; its dim is a multiple of {@code parts}
   */
  default List<T> chunk(T x, int axis, int parts) {
    long size = dim(x, axis);
    if (size < parts || size % parts != 0) {
      throw new IllegalArgumentException(
          "%s: dim %d is %d (expected: a multiple of %d)".formatted(path(), axis, size, parts));
    }
    List<T> result = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      result.add(slice(x, axis, i * (size / parts), (i + 1) * (size / parts)));
    }
    return result;
  }

  // Arithmetic

  /** {@code a + b}, with NumPy's broadcasting. */
  T add(T a, T b);

  /** {@code a * b} elementwise, with NumPy's broadcasting. */
  T multiply(T a, T b);

  /** {@code x * factor}. */
  T scale(T x, double factor);

  /** Sine, in radians. */
  T sin(T x);

  /** Cosine, in radians. */
  T cos(T x);

  /** Applies an activation to each element. */
  T activation(Activation activation, T x);

  /**
   * Arithmetic mean over some axes.
   *
   * @param keepDims whether a reduced axis stays with dim 1
   * @param axes at least one, each {@code 0..rank-1}; not the batch
   */
  T mean(T x, boolean keepDims, int... axes);

  // Layers without names: the parameters are operands

  /**
   * 2D convolution (cross-correlation) with dilation 1 and one group.
   *
   * @param x {@code [batch, in, height, width]}
   * @param weight {@code [out, in, kernelHeight, kernelWidth]}
   * @param bias {@code [out]} or absent
   * @param stride at least 1, in both directions
   * @return {@code [batch, out, (height + padding - kernelHeight) / stride + 1, ...]}
   */
  T conv2d(T x, T weight, @Nullable T bias, int stride, Padding padding);

  /**
   * {@code x weight^T + bias} over the last axis.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or absent
   */
  T linear(T x, T weight, @Nullable T bias);

  /**
   * Group normalisation over each group's channels and all later axes, then an affine map; always
   * computed in FP32.
   *
   * @param x {@code [batch, channels, ...]}, channels a multiple of {@code groups}
   * @param weight {@code [channels]}
   * @param bias {@code [channels]}
   * @see <a href="https://arxiv.org/abs/1803.08494">Wu and He 2018</a>
   */
  T groupNorm(T x, int groups, T weight, T bias, double epsilon);

  /**
   * Layer normalisation over the last axis, then an affine map; always computed in FP32.
   *
   * @param weight {@code [features]}
   * @param bias {@code [features]}
   */
  T layerNorm(T x, T weight, T bias, double epsilon);

  /**
   * Batch normalisation of the channels of {@code x} with the parameters {@code weight} (ones),
   * {@code bias} (zeros) and the state {@code running_mean} (zeros), {@code running_var} (ones) of
   * the current scope, all {@code [channels]}. A training pass uses the batch's statistics and
   * moves the state; otherwise the state is used. The state is saved with the weights but not
   * learned.
   *
   * @param x {@code [batch, channels, height, width]}
   * @param momentum share of the new batch in the state, as in PyTorch (0.1)
   */
  T batchNorm(T x, double epsilon, double momentum);

  /**
   * {@code softmax(query key^T / sqrt(features)) value} per head; softmax in FP32.
   *
   * @param query {@code [batch, heads, queries, features]}
   * @param key {@code [batch, heads, keys, features]}
   * @param value {@code [batch, heads, keys, features]}
   * @param causal whether query {@code i} sees only keys {@code 0..i}; then queries = keys
   * @return {@code [batch, heads, queries, features]}
   */
  T attention(T query, T key, T value, boolean causal);

  /**
   * Rows of a table.
   *
   * @param weight {@code [rows, features]}
   * @param ids INT64 {@code [batch, length]}, each {@code 0..rows-1}
   * @return {@code [batch, length, features]}
   */
  T embedding(T weight, T ids);

  /** Doubles height and width of an image by repeating each pixel (nearest neighbour). */
  T upsampleNearest2x(T x);

  /**
   * Mean over disjoint squares.
   *
   * @param size side and stride in pixels; a remainder at the border is dropped
   */
  T averagePool2d(T x, int size);

  /**
   * Maximum over disjoint squares.
   *
   * @param size side and stride in pixels; a remainder at the border is dropped
   */
  default T maxPool2d(T x, int size) {
    return maxPool2d(x, size, size, 0);
  }

  /**
   * Maximum over squares that may overlap.
   *
   * @param size side in pixels
   * @param stride at least 1
   * @param padding pixels around the image that are never the maximum; at most half of {@code size}
   * @return {@code [batch, channels, (height + 2 padding - size) / stride + 1, ...]}
   */
  T maxPool2d(T x, int size, int stride, int padding);

  // Precision

  /**
   * Opens an FP32 island: {@code x} as FP32. Operations whose operands are FP32 stay FP32 until
   * {@link #narrow}; parameters inside an island are read as FP32.
   */
  T widen(T x);

  /** Closes an FP32 island: {@code x} in the working precision. */
  T narrow(T x);
}
