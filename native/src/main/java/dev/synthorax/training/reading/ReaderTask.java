package dev.synthorax.training.reading;

import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.onnx.ReaderExport;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Losses;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a network that reads radiographs learns. */
interface ReaderTask {
  /** Number of things it tells apart. */
  int outputs();

  /**
   * Checks that the samples can teach it.
   *
   * @throws IllegalArgumentException if not
   */
  void check(List<String> labels, Samples samples);

  List<ParameterSpec> parameters();

  /**
   * The loss of a batch.
   *
   * @param labels what the outputs stand for, in order
   * @param images {@code [batch, 1, height, width]}, the samples' own or varied
   */
  Tensor loss(TorchOps ops, List<String> labels, Samples samples, int[] batch, Tensor images);

  /** Writes the network as ONNX. */
  void export(Path weights, int height, int width, Path file) throws IOException;

  /** Finds structures: a mask for each. */
  record Segmenting(SegmentationConfig config) implements ReaderTask {
    @Override
    public int outputs() {
      return config.structures();
    }

    @Override
    public void check(List<String> labels, Samples samples) {
      if (!labels.equals(samples.structures())) {
        throw new IllegalArgumentException(
            "labels: %s (expected: the shards' structures %s)"
                .formatted(labels, samples.structures()));
      }
    }

    @Override
    public List<ParameterSpec> parameters() {
      return config.parameters();
    }

    @Override
    public Tensor loss(
        TorchOps ops, List<String> labels, Samples samples, int[] batch, Tensor images) {
      Tensor masks =
          TorchTensors.floats(
              samples.masks(batch), batch.length, outputs(), samples.height(), samples.width());
      Tensor logits = config.forward(ops, images).logits();
      return torch.binary_cross_entropy_with_logits(logits, masks).add(Losses.dice(logits, masks));
    }

    @Override
    public void export(Path weights, int height, int width, Path file) throws IOException {
      ReaderExport.write(config, weights, height, width, file);
    }
  }

  /** Finds findings: a probability for each. */
  record Classifying(ClassifierConfig config) implements ReaderTask {
    @Override
    public int outputs() {
      return config.findings();
    }

    @Override
    public void check(List<String> labels, Samples samples) {
      // A finding that no sample has is a label like any other.
    }

    @Override
    public List<ParameterSpec> parameters() {
      return config.parameters();
    }

    @Override
    public Tensor loss(
        TorchOps ops, List<String> labels, Samples samples, int[] batch, Tensor images) {
      float[] targets = new float[batch.length * outputs()];
      for (int i = 0; i < batch.length; i++) {
        List<String> findings = samples.labels().get(batch[i]).findings();
        for (int k = 0; k < outputs(); k++) {
          targets[i * outputs() + k] = findings.contains(labels.get(k)) ? 1 : 0;
        }
      }
      Tensor logits = config.forward(ops, images).logits();
      return torch.binary_cross_entropy_with_logits(
          logits, TorchTensors.floats(targets, batch.length, outputs()));
    }

    @Override
    public void export(Path weights, int height, int width, Path file) throws IOException {
      ReaderExport.write(config, weights, height, width, file);
    }
  }
}
