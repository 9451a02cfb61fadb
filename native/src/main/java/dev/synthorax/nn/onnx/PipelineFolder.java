package dev.synthorax.nn.onnx;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.WeightFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where things are in a pipeline in the diffusers layout, and what they hash to.
 *
 * @param path the folder with {@code unet}, {@code vae}, {@code text_encoder} and perhaps {@code
 *     controlnet}
 */
record PipelineFolder(Path path) {

  private static final String CONFIG = "config.json";

  boolean has(String component) {
    return Files.isDirectory(path.resolve(component));
  }

  /** The configuration of a component. */
  Path config(String component) {
    return path.resolve(component).resolve(CONFIG);
  }

  /**
   * The weights of a component.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file
   */
  @MustBeClosed
  ModelWeights openWeights(String component) {
    return ModelWeights.open(WeightFiles.find(path.resolve(component)));
  }

  /**
   * SHA-256 over the names, configurations and weights of components, in hex.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file
   */
  String hash(List<String> components) {
    MessageDigest digest = Sha256.digest();
    for (String component : components) {
      digest.update(component.getBytes(StandardCharsets.UTF_8));
      List<Path> files = new ArrayList<>(List.of(config(component)));
      files.addAll(WeightFiles.find(path.resolve(component)).files());
      for (Path file : files) {
        digest.update((byte) 0);
        update(digest, file);
      }
    }
    return Sha256.hex(digest);
  }

  private static void update(MessageDigest digest, Path file) {
    try {
      Sha256.update(digest, file);
    } catch (NoSuchFileException e) {
      throw failed(file + ": no such file (expected: a file of the pipeline)", e);
    } catch (IOException e) {
      throw failed(file + ": cannot be read: " + firstLine(e), e);
    }
  }

  static InferenceException failed(String message, @Nullable Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, message, cause);
  }

  static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
