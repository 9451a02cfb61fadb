package dev.synthorax.training.tuning;

import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Folders of readers with random weights, large enough that what they read shows. */
final class TinyReader {
  private TinyReader() {}

  static Path classifier(Path folder, List<String> labels) throws IOException {
    return write(
        folder,
        labels,
        "{\"_class_name\": \"ChestClassifier\", \"base_channels\": 4, \"stages\": 2}");
  }

  static Path segmenter(Path folder, List<String> labels) throws IOException {
    return write(
        folder,
        labels,
        "{\"_class_name\": \"SegmentationUNet\", \"base_channels\": 4, \"levels\": 2}");
  }

  private static Path write(Path folder, List<String> labels, String config) throws IOException {
    TinyPipeline.text(folder, "config.json", config);
    TinyPipeline.text(folder, "labels.txt", String.join("\n", labels) + "\n");
    ReaderConfig read = ReaderConfig.read(folder.resolve("config.json"), labels.size());
    try (TorchParameters parameters = TorchParameters.create(read.parameters(), 5);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      torch.manual_seed(2);
      for (Tensor tensor : parameters.learned()) {
        tensor.add_(torch.randn(TorchTensors.shape(tensor)).mul(new Scalar(0.2)));
      }
      parameters.save(folder.resolve("model.safetensors"), ElementType.F32, Map.of("format", "pt"));
    }
    return folder;
  }
}
