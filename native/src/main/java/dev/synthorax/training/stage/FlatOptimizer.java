package dev.synthorax.training.stage;

import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import dev.synthorax.nn.weights.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * AdamW over one flat vector. Every parameter becomes a view of it, and every gradient a view of a
 * second one, so that an update, the clipping, the average and a checkpoint are each a handful of
 * operations however many parameters there are.
 *
 * <p>After {@link #update} the average holds {@code decay average + (1 - decay) values}, with
 * {@code decay = min(maxDecay, (1 + step) / (10 + step))} so that it forgets the random start. The
 * average of running statistics moves with it: those of the values would not fit averaged values.
 *
 * <p><b>Ownership:</b> owns the vectors; borrows the parameters, which point into them from then on
 * and must not be used after {@link #close()}.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, decoupled weight decay</a>
 */
public final class FlatOptimizer implements AutoCloseable {
  /**
   * Constants of the update.
   *
   * @param beta1 decay of the first moment
   * @param beta2 decay of the second moment
   * @param epsilon added to the root of the second moment
   * @param weightDecay share of the rate by which values shrink a step
   * @param maxGradientNorm longer gradients are shortened to it
   * @param maxDecay decay of the average
   */
  public record Settings(
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxGradientNorm,
      double maxDecay) {
    /** Usual for latent diffusion. */
    public static final Settings DEFAULT = new Settings(0.9, 0.99, 1e-8, 0.01, 1, 0.9995);

    /** The same with another decay of the average. */
    public Settings withMaxDecay(double decay) {
      return new Settings(beta1, beta2, epsilon, weightDecay, maxGradientNorm, decay);
    }
  }

  private static final String STEP = "step";
  private static final List<String> VECTORS = List.of("values", "average", "moment1", "moment2");
  private static final List<String> STATISTICS = List.of("statistics", "statisticsAverage");

  private final Settings settings;
  private final long elements;
  private final Map<String, Tensor> vectors = new LinkedHashMap<>(); // owned
  private final Tensor gradients; // owned
  private final List<Tensor> kept; // borrowed
  private long step;

  /** An optimiser of parameters that are all of the network's state. */
  public FlatOptimizer(List<Tensor> parameters, Settings settings) {
    this(parameters, List.of(), List.of(), settings);
  }

  /**
   * An optimiser.
   *
   * @param parameters gather gradients
   * @param statistics moved by the network itself, such as those of batch normalisation; averaged,
   *     saved and restored like the parameters
   * @param kept anything else that a checkpoint has to hold; in memory of its own
   */
  public FlatOptimizer(
      List<Tensor> parameters, List<Tensor> statistics, List<Tensor> kept, Settings settings) {
    this.kept = List.copyOf(kept);
    this.settings = settings;
    this.elements = elements(parameters);
    for (String name : VECTORS) {
      vectors.put(name, torch.zeros(elements));
    }
    if (!statistics.isEmpty()) {
      STATISTICS.forEach(name -> vectors.put(name, torch.zeros(elements(statistics))));
    }
    this.gradients = torch.zeros(elements);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      moveInto(vector("values"), parameters, gradients);
      vector("average").copy_(vector("values"));
      if (!statistics.isEmpty()) {
        moveInto(vector("statistics"), statistics, null);
        vector("statisticsAverage").copy_(vector("statistics"));
      }
    }
  }

  private static long elements(List<Tensor> tensors) {
    return tensors.stream().mapToLong(Tensor::numel).sum();
  }

  /** Makes tensors, and their gradients, views of one vector each. */
  private static void moveInto(Tensor vector, List<Tensor> tensors, @Nullable Tensor gradients) {
    long offset = 0;
    for (Tensor tensor : tensors) {
      long size = tensor.numel();
      long[] shape = tensor.sizes().vec().get();
      Tensor slice = vector.narrow(0, offset, size).view(shape);
      slice.copy_(tensor);
      tensor.set_data(slice);
      if (gradients != null) {
        tensor.mutable_grad().put(gradients.narrow(0, offset, size).view(shape));
      }
      offset += size;
    }
  }

  /** Updates done. */
  public long step() {
    return step;
  }

  /** Parameters, counted by element. */
  public long elements() {
    return elements;
  }

  /**
   * One update from the gathered gradients, which are zero afterwards.
   *
   * @return length of the gradient before clipping; where it is not finite, the update is left out
   *     but counted
   */
  public double update(double learningRate) {
    step++;
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      double norm = gradients.norm().item_double();
      if (Double.isFinite(norm)) {
        if (norm > settings.maxGradientNorm()) {
          gradients.mul_(new Scalar(settings.maxGradientNorm() / norm));
        }
        move(learningRate);
      }
      gradients.zero_();
      return norm;
    }
  }

  private void move(double learningRate) {
    Tensor values = vector("values");
    Tensor moment1 = vector("moment1");
    Tensor moment2 = vector("moment2");
    moment1.lerp_(gradients, new Scalar(1 - settings.beta1()));
    moment2.mul_(new Scalar(settings.beta2()));
    moment2.addcmul_(gradients, gradients, new Scalar(1 - settings.beta2()));
    double bias1 = 1 - Math.pow(settings.beta1(), (double) step);
    double bias2 = 1 - Math.pow(settings.beta2(), (double) step);
    Tensor root = moment2.sqrt().div_(new Scalar(Math.sqrt(bias2)));
    root.add_(new Scalar(settings.epsilon()));
    values.mul_(new Scalar(1 - learningRate * settings.weightDecay()));
    values.addcdiv_(moment1, root, new Scalar(-learningRate / bias1));
    double decay = Math.min(settings.maxDecay(), (1.0 + step) / (10.0 + step));
    vector("average").lerp_(values, new Scalar(1 - decay));
    if (vectors.containsKey("statistics")) {
      vector("statisticsAverage").lerp_(vector("statistics"), new Scalar(1 - decay));
    }
  }

  /**
   * Swaps values and average: call once before the averaged network is used or saved, once more to
   * go on training.
   */
  public void swapAverage() {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      swap("values", "average");
      if (vectors.containsKey("statistics")) {
        swap("statistics", "statisticsAverage");
      }
    }
  }

  private void swap(String one, String other) {
    Tensor former = vector(one).clone();
    vector(one).copy_(vector(other));
    vector(other).copy_(former);
  }

  /**
   * Points a second network at the average, which it follows from then on.
   *
   * @param twins of the parameters, in their order; borrowed, and not to be used after {@link
   *     #close()}
   */
  public void showAverage(List<Tensor> twins) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      long offset = 0;
      for (Tensor twin : twins) {
        long size = twin.numel();
        twin.set_data(vector("average").narrow(0, offset, size).view(twin.sizes().vec().get()));
        offset += size;
      }
      if (offset != elements) {
        throw new IllegalArgumentException(
            "twins: %d elements (expected: %d)".formatted(offset, elements));
      }
    }
  }

  /**
   * Writes everything a resumed run needs; a crash leaves the previous file whole.
   *
   * @param metadata free-form strings beside it, but not {@code step}
   */
  public void save(Path file, Map<String, String> metadata) throws IOException {
    var writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    addTo(writer, "");
    writer.write(file);
  }

  /**
   * Adds everything a resumed run needs to a file.
   *
   * @param prefix of its names there
   */
  void addTo(SafetensorsWriter writer, String prefix) {
    writer.metadata(prefix + STEP, Long.toString(step));
    vectors.forEach(
        (name, vector) ->
            writer.add(
                prefix + name, ElementType.F32, new long[] {vector.numel()}, memory(vector)));
    for (int i = 0; i < kept.size(); i++) {
      Tensor tensor = kept.get(i);
      writer.add(
          prefix + "kept." + i, ElementType.F32, new long[] {tensor.numel()}, memory(tensor));
    }
  }

  /**
   * Continues where {@link #save} left off.
   *
   * @throws IllegalStateException if the file is of other parameters
   */
  public void restore(SafetensorsFile stored) {
    restore(stored, "");
  }

  /** The same of what {@link #addTo} added. */
  void restore(SafetensorsFile stored, String prefix) {
    vectors.forEach((name, vector) -> restore(stored, prefix + name, vector));
    for (int i = 0; i < kept.size(); i++) {
      restore(stored, prefix + "kept." + i, kept.get(i));
    }
    step = Long.parseLong(stored.metadata().getOrDefault(prefix + STEP, "0"));
  }

  private void restore(SafetensorsFile stored, String name, Tensor target) {
    StoredTensor tensor = stored.tensor(name);
    if (tensor.elements() != target.numel()) {
      throw new IllegalStateException(
          "%s: %s has %d elements (expected: %d)"
              .formatted(stored.path(), name, tensor.elements(), target.numel()));
    }
    tensor.copyAsFloat32(memory(target));
  }

  private Tensor vector(String name) {
    Tensor vector = vectors.get(name);
    if (vector == null) {
      throw new IllegalStateException("FlatOptimizer is closed");
    }
    return vector;
  }

  @SuppressWarnings("restricted") // the address and length of a contiguous CPU tensor
  private MemorySegment memory(Tensor vector) {
    return MemorySegment.ofAddress(vector.data_ptr_float().address())
        .reinterpret(vector.numel() * Float.BYTES);
  }

  /** Frees the vectors. Idempotent; the training thread. */
  @Override
  public void close() {
    vectors.values().forEach(Tensor::close);
    vectors.clear();
    gradients.close();
  }
}
