package dev.synthorax.server.plain;

import com.google.protobuf.TextFormat;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.server.text.PlainText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a plain model's {@code config.pbtxt}, and the files beside it that it names. */
final class ModelConfigFile {
  /** Its name in the model's folder. */
  static final String NAME = "config.pbtxt";

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_LABEL_BYTES = 16 << 20;

  private ModelConfigFile() {}

  /**
   * Reads the configuration; an empty one where there is no file.
   *
   * @throws InferenceException {@code MODEL_FAILED} in one line, with line and column of the first
   *     field that is not known or not well-formed
   */
  static ModelConfig read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return ModelConfig.getDefaultInstance();
    }
    try {
      var config = ModelConfig.newBuilder();
      String text = new String(RegularFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8);
      TextFormat.getParser().merge(text, config);
      return config.build();
    } catch (TextFormat.ParseException e) {
      throw failed("%s:%s".formatted(NAME, e.getMessage()), e);
    } catch (IOException e) {
      throw failed("%s: %s".formatted(NAME, RegularFiles.reason(e)), e);
    }
  }

  /**
   * A file of the model.
   *
   * @param name from the configuration, relative to {@code folder}
   * @return where it is, links resolved
   * @throws InferenceException {@code MODEL_FAILED} if it is missing or lies outside of the folder
   */
  static Path within(Path folder, String field, String name) {
    try {
      Path file = folder.resolve(name).toRealPath();
      if (file.startsWith(folder.toRealPath()) && Files.isRegularFile(file)) {
        return file;
      }
    } catch (IOException | InvalidPathException e) {
      throw failed("%s: %s (expected: a file in the model's folder)".formatted(field, name), e);
    }
    throw failed("%s: %s (expected: a file in the model's folder)".formatted(field, name), null);
  }

  /**
   * The labels in a file, one a line.
   *
   * @throws InferenceException as {@link #within}
   */
  static List<String> labels(Path folder, String name) {
    Path file = within(folder, "label_filename", name);
    try {
      byte[] bytes = RegularFiles.read(file, MAX_LABEL_BYTES);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw failed("label_filename: %s: %s".formatted(name, RegularFiles.reason(e)), e);
    }
  }

  static InferenceException failed(String message, @Nullable Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, PlainText.line(message), cause);
  }
}
