package dev.synthorax.training.reading;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.Reading;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.training.stage.Samples;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained network that reads radiographs, for other trainings to look through: frozen, but
 * gradients flow through it to the images.
 *
 * <p><b>Ownership:</b> owns its parameters.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Reader implements AutoCloseable {
  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.safetensors";
  static final String LABELS = "labels.txt";

  private final ReaderConfig config;
  private final ReaderTask task;
  private final TorchParameters parameters; // owned

  private Reader(ReaderConfig config, List<String> labels, TorchParameters parameters) {
    this.config = config;
    this.task = ReaderTask.of(config, labels);
    this.parameters = parameters;
  }

  /**
   * Loads what a recipe of this package published: {@code config.json}, {@code labels.txt}, {@code
   * model.safetensors}.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if one is missing or
   *     malformed, or they do not fit each other
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  public static Reader load(Path folder) {
    List<String> labels = labels(folder);
    ReaderConfig config = ReaderConfig.read(folder.resolve(CONFIG), labels.size());
    if (config.outputs() != labels.size()) {
      throw ModelFile.of(folder.resolve(LABELS))
          .failed(
              "%d labels (expected: %d, as %s says)"
                  .formatted(labels.size(), config.outputs(), CONFIG),
              null);
    }
    var parameters = TorchParameters.load(config.parameters(), folder.resolve(WEIGHTS));
    return new Reader(config, labels, parameters);
  }

  /** The labels of a folder, in the order of the outputs. */
  static List<String> labels(Path folder) {
    return ModelFile.of(folder.resolve(LABELS)).text("one label a line").lines().toList();
  }

  /** What the outputs stand for, in order. */
  public List<String> labels() {
    return task.labels();
  }

  /** Class and sizes of the network. */
  public ReaderConfig config() {
    return config;
  }

  /** The network's parameters and running statistics; borrowed. */
  public TorchParameters parameters() {
    return parameters;
  }

  /**
   * Reads images; what it says of one depends on that one alone.
   *
   * @param images {@code [batch, 1, height, width]} in -1..1, sides that divide by {@link
   *     ReaderConfig#factor}
   * @return tensors of the caller's scope
   */
  public Reading<Tensor> read(Tensor images) {
    return config.forward(TorchOps.evaluation(parameters), images);
  }

  /**
   * The loss that it was trained with, of images as if they were those of samples: binary
   * cross-entropy, and of structures the overlap beside it. What the samples do not know has no
   * part in it.
   *
   * @param batch indices of the samples
   * @param images {@code [batch, 1, height, width]} in -1..1; gradients flow to them
   * @return a scalar of the caller's scope; 0 where nothing is known
   */
  public Tensor loss(Samples samples, int[] batch, Tensor images) {
    return task.loss(
        read(images).logits(), task.targets(samples, batch), task.positiveWeights(List.of()));
  }

  /** Frees the parameters. Idempotent. */
  @Override
  public void close() {
    parameters.close();
  }
}
