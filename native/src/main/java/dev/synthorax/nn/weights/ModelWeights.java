package dev.synthorax.nn.weights;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one network by their current names. Files with the older names of the
 * autoencoder's attention ({@code query}, {@code key}, {@code value}, {@code proj_attn}), with the
 * dotted ones of a DenseNet's layers ({@code norm.1}) or without the text encoder's {@code
 * text_model} prefix are understood as well.
 *
 * <p><b>Ownership:</b> owns the mapped files; tensors are views of them.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class ModelWeights implements AutoCloseable {

  /** Current and older names of a layer. */
  private record Renamed(String current, String older) {}

  private static final List<Renamed> RENAMED =
      List.of(
          new Renamed(".to_q.", ".query."),
          new Renamed(".to_k.", ".key."),
          new Renamed(".to_v.", ".value."),
          new Renamed(".to_out.0.", ".proj_attn."),
          new Renamed(".norm1.", ".norm.1."),
          new Renamed(".conv1.", ".conv.1."),
          new Renamed(".norm2.", ".norm.2."),
          new Renamed(".conv2.", ".conv.2."));
  private static final String TEXT_PREFIX = "text_model.";

  private final ModelFile file;
  private final List<SafetensorsFile> files = new ArrayList<>(); // owned
  private final Set<String> used = new HashSet<>();

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  private ModelWeights(WeightFiles paths) {
    this.file = paths.file();
    try {
      for (ModelFile each : paths.files()) {
        files.add(SafetensorsFile.open(each));
      }
      requireEachOnce();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens one file.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if it cannot be read or is
   *     malformed
   */
  @MustBeClosed
  public static ModelWeights open(Path path) {
    return open(WeightFiles.of(path));
  }

  /**
   * Opens one file or all shards.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if one cannot be read or is
   *     malformed, or two hold the same tensor
   */
  @MustBeClosed
  public static ModelWeights open(WeightFiles files) {
    return new ModelWeights(files);
  }

  private void requireEachOnce() {
    var seen = new HashSet<String>();
    for (SafetensorsFile file : files) {
      for (String name : file.names()) {
        if (!seen.add(name)) {
          throw file.source()
              .failed("tensor %s again (expected: in one shard alone)".formatted(name), null);
        }
      }
    }
  }

  /** The file below, or the index of the shards. */
  public ModelFile file() {
    return file;
  }

  /** Names of all tensors. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    files.forEach(file -> names.addAll(file.names()));
    return names;
  }

  /** Numbers in all tensors. */
  public long elements() {
    return files.stream()
        .mapToLong(file -> file.names().stream().mapToLong(n -> file.tensor(n).elements()).sum())
        .sum();
  }

  /** Whether there is a tensor of that current name. */
  public boolean has(String name) {
    return find(name) != null;
  }

  /**
   * A parameter with the shape that the network needs. Dims of 1 at the end may be missing or too
   * many, as in linear layers that were saved as 1x1 convolutions.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if it is missing, has another
   *     shape or is not floating-point
   */
  public StoredTensor parameter(String name, long... shape) {
    String problem = problem(name, shape);
    StoredTensor tensor = find(name);
    if (problem != null || tensor == null) {
      throw file.failed(String.valueOf(problem), null);
    }
    return tensor;
  }

  /**
   * What keeps a tensor from being the parameter that the network needs, in words; null if nothing
   * does.
   */
  public @Nullable String problem(String name, long... shape) {
    StoredTensor tensor = find(name);
    if (tensor == null) {
      return "no tensor %s (expected by the network)".formatted(name);
    }
    used.add(tensor.name());
    if (!Arrays.equals(trimmed(tensor.shape()), trimmed(shape))) {
      return "tensor %s has shape %s (expected: %s)"
          .formatted(tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(shape));
    }
    return switch (tensor.type()) {
      case F16, BF16, F32, F64 -> null;
      case BOOL, U8, I8, U16, I16, U32, I32, U64, I64 ->
          "tensor %s is %s (expected: F16, BF16, F32 or F64)"
              .formatted(tensor.name(), tensor.type());
    };
  }

  /**
   * Copies some of a parameter's elements in another type, rounded to nearest.
   *
   * @param from first element
   * @param to FP32, FP16 or BF16
   * @param target room for {@code count} elements of {@code to}
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if FP16 cannot hold one
   */
  public void copy(StoredTensor tensor, long from, long count, DataType to, MemorySegment target) {
    int bytes = tensor.type().bytes();
    MemorySegment source = tensor.data().asSlice(from * bytes, count * bytes);
    if (to == DataType.FP32) {
      FloatConversion.toFloat32(source, tensor.type(), target);
      return;
    }
    DataType stored = tensor.type().dataType();
    for (long i = 0; i < count; i++) {
      float value = stored.getFloat(source, i);
      to.setFloat(target, i, value);
      if (Float.isFinite(value) && Float.isInfinite(to.getFloat(target, i))) {
        throw file.failed(
            "tensor %s holds %s, which %s cannot hold (expected: another precision)"
                .formatted(tensor.name(), value, to),
            null);
      }
    }
  }

  /** Names in the file that nobody asked for so far, sorted. */
  public Set<String> unused() {
    Set<String> names = names();
    names.removeAll(used);
    return names;
  }

  /** Unmaps the files. Idempotent. */
  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }

  private @Nullable StoredTensor find(String name) {
    StoredTensor tensor = stored(name);
    for (Renamed renamed : RENAMED) {
      if (tensor == null && name.contains(renamed.current())) {
        tensor = stored(name.replace(renamed.current(), renamed.older()));
      }
    }
    if (tensor == null && name.startsWith(TEXT_PREFIX)) {
      tensor = stored(name.substring(TEXT_PREFIX.length()));
    }
    return tensor;
  }

  private @Nullable StoredTensor stored(String name) {
    for (SafetensorsFile file : files) {
      StoredTensor tensor = file.find(name);
      if (tensor != null) {
        return tensor;
      }
    }
    return null;
  }

  private static long[] trimmed(long[] shape) {
    int rank = shape.length;
    while (rank > 1 && shape[rank - 1] == 1) {
      rank--;
    }
    return Arrays.copyOf(shape, rank);
  }
}
