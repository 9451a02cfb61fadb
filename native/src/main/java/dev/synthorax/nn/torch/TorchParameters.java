package dev.synthorax.nn.torch;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.FloatConversion;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parameters and the state of one network as FP32 tensors, by name.
 *
 * <p><b>Ownership:</b> owns every tensor; callers borrow them and never close them.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class TorchParameters implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(TorchParameters.class);
  private static final float MAX_FLOAT16 = 65_504;

  private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>(); // owned
  private final NativeHandles.Handle handle;

  private TorchParameters(String name) {
    this.handle = NativeHandles.register("torch.TorchParameters", name);
  }

  /** How a parameter's memory is filled. */
  private interface Source {
    void fill(ParameterSpec spec, MemorySegment target);
  }

  /**
   * New parameters, filled as their {@code Init} says. The same seed gives the same values. They do
   * not require gradients yet: see {@link #trainable}.
   *
   * @param specs of the network, e.g. {@code UNet2DConditionModel.parameters(config)}
   */
  @MustBeClosed
  public static TorchParameters create(List<ParameterSpec> specs, long seed) {
    return create(
        "seed " + seed,
        specs,
        (spec, target) -> target.copyFrom(MemorySegment.ofArray(ParameterInit.values(spec, seed))));
  }

  /**
   * Parameters read from a safetensors file, widened to FP32. Tensors of the file that the network
   * does not know are ignored and logged.
   *
   * @param specs of the network
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and every tensor that is
   *     missing, has another shape or kind of numbers, or is not the network's
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the result is the caller's
  public static TorchParameters load(List<ParameterSpec> specs, Path file) {
    try (ModelWeights weights = ModelWeights.open(file)) {
      TorchParameters parameters = load(specs, weights);
      Set<String> unused = weights.unused();
      if (!unused.isEmpty()) {
        logger
            .atInfo()
            .addKeyValue("file", file)
            .addKeyValue("tensors", unused)
            .log("Unused weights");
      }
      return parameters;
    }
  }

  /**
   * The same from open weights, in one file or several; tensors that the network does not know are
   * ignored.
   *
   * @param weights borrowed
   */
  @MustBeClosed
  public static TorchParameters load(List<ParameterSpec> specs, ModelWeights weights) {
    requireAll(weights, specs);
    return create(
        weights.file().toString(),
        specs,
        (spec, target) -> weights.parameter(spec.name(), dims(spec)).copyAsFloat32(target));
  }

  private static void requireAll(ModelWeights weights, List<ParameterSpec> specs) {
    List<String> problems = new ArrayList<>();
    for (ParameterSpec spec : specs) {
      String problem = weights.problem(spec.name(), dims(spec));
      if (problem != null) {
        problems.add(problem);
      }
    }
    if (!problems.isEmpty()) {
      if (!weights.unused().isEmpty()) {
        problems.add("the network does not know " + String.join(", ", weights.unused()));
      }
      throw weights.file().failed(String.join("; ", problems), null);
    }
  }

  private static long[] dims(ParameterSpec spec) {
    return spec.shape().stream().mapToLong(Long::longValue).toArray();
  }

  @MustBeClosed
  private static TorchParameters create(String name, List<ParameterSpec> specs, Source source) {
    TorchParameters parameters = new TorchParameters(name);
    try (PointerScope _ = new PointerScope()) {
      for (ParameterSpec spec : specs) {
        Tensor tensor = torch.empty(dims(spec));
        source.fill(spec, TorchTensors.memory(tensor));
        tensor.retainReference(); // outlives the scope
        parameters.specs.put(spec.name(), spec);
        parameters.tensors.put(spec.name(), tensor);
      }
      return parameters;
    } catch (RuntimeException e) {
      parameters.close();
      throw e;
    }
  }

  /** All tensors by full name, learned ones and running statistics, in the order of use. */
  public Map<String, Tensor> named() {
    requireOpen();
    return Collections.unmodifiableMap(tensors);
  }

  /** The learned tensors in the order of use: what an optimizer moves. */
  public List<Tensor> learned() {
    requireOpen();
    return specs.values().stream()
        .filter(ParameterSpec::learned)
        .map(spec -> tensor(spec.name()))
        .toList();
  }

  /** Running statistics, which passes move and gradients do not, in the order of use. */
  public List<Tensor> statistics() {
    requireOpen();
    return specs.values().stream()
        .filter(spec -> !spec.learned())
        .map(spec -> tensor(spec.name()))
        .toList();
  }

  /** What each tensor is, in the order of {@link #named}. */
  public List<ParameterSpec> specs() {
    return List.copyOf(specs.values());
  }

  /**
   * One tensor.
   *
   * @param name full name
   * @throws IllegalArgumentException if the network has none of that name
   */
  public Tensor tensor(String name) {
    requireOpen();
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "name: no parameter " + name + " (expected: one in specs)");
    }
    return tensor;
  }

  /**
   * Whether the learned tensors gather gradients; false freezes the network.
   *
   * @return this
   */
  public TorchParameters trainable(boolean trainable) {
    learned().forEach(tensor -> tensor.set_requires_grad(trainable));
    return this;
  }

  /**
   * Copies the values of every tensor that {@code other} has under the same name with the same
   * shape, as a ControlNet starts from its U-Net.
   *
   * @return how many tensors were copied
   */
  public int copyFrom(TorchParameters other) {
    requireOpen();
    int copied = 0;
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      for (ParameterSpec spec : specs.values()) {
        ParameterSpec theirs = other.specs.get(spec.name());
        if (theirs != null && theirs.shape().equals(spec.shape())) {
          tensor(spec.name()).copy_(other.tensor(spec.name()));
          copied++;
        }
      }
    }
    return copied;
  }

  /**
   * Writes all tensors as safetensors, atomically.
   *
   * @param type {@link ElementType#F32} or {@link ElementType#F16}
   * @param metadata free-form strings of the header
   * @throws IOException if writing fails
   * @throws IllegalStateException if a value is not finite, or too large for F16
   */
  public void save(Path file, ElementType type, Map<String, String> metadata) throws IOException {
    requireOpen();
    if (type != ElementType.F32 && type != ElementType.F16) {
      throw new IllegalArgumentException("type: " + type + " (expected: F32 or F16)");
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard();
        Arena arena = Arena.ofConfined()) {
      for (ParameterSpec spec : specs.values()) {
        Tensor packed = tensor(spec.name()).detach().contiguous();
        requireRange(spec.name(), packed, type == ElementType.F16 ? MAX_FLOAT16 : Float.MAX_VALUE);
        MemorySegment data = TorchTensors.memory(packed);
        if (type == ElementType.F16) {
          MemorySegment narrow = arena.allocate(data.byteSize() / 2);
          FloatConversion.toFloat16(data, narrow);
          data = narrow;
        }
        writer.add(spec.name(), type, TorchTensors.shape(packed), data);
      }
      writer.write(file);
    }
  }

  private static void requireRange(String name, Tensor tensor, float limit) {
    float largest = tensor.abs().max().item_float();
    if (!(largest <= limit)) {
      throw new IllegalStateException(
          "%s: largest value %s (expected: finite, at most %s)".formatted(name, largest, limit));
    }
  }

  private void requireOpen() {
    handle.requireOpen();
  }

  /** Frees every tensor. Idempotent; the thread that uses the parameters. */
  @Override
  public void close() {
    if (handle.close()) {
      tensors.values().forEach(Tensor::releaseReference);
      tensors.clear();
    }
  }
}
