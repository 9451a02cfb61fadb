package dev.synthorax.server.repository;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.text.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the models below some folders, each in a folder of its own name. */
public final class ModelFolders {
  private static final Logger logger = LoggerFactory.getLogger(ModelFolders.class);

  private ModelFolders() {}

  /**
   * Scans.
   *
   * @param folders each a folder of models, or one model itself
   * @return folders by model name; never empty
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if a folder is missing, there
   *     is no model, two models have one name, or a name has control characters
   */
  public static SortedMap<String, Path> scan(List<Path> folders) {
    var models = new TreeMap<String, Path>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new InferenceException(
            ErrorReason.INVALID_ARGUMENT,
            folder
                + (Files.exists(folder) ? ": not a folder" : ": no such folder")
                + " (expected: a folder of models)");
      }
      for (Path model : models(folder)) {
        String name = String.valueOf(model.toAbsolutePath().normalize().getFileName());
        requirePlain(name, model);
        Path other = models.putIfAbsent(name, model);
        if (other != null) {
          throw new InferenceException(
              ErrorReason.INVALID_ARGUMENT,
              name + ": two models of that name, " + other + " and " + model + " (expected: one)");
        }
      }
    }
    if (models.isEmpty()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          String.join(", ", folders.stream().map(Path::toString).toList())
              + ": no models (expected: folders with model_index.json)");
    }
    return models;
  }

  /** A name is shown in lists and logs and typed by people. */
  private static void requirePlain(String name, Path model) {
    if (!PlainText.isPlain(name)) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          PlainText.line(model.toString())
              + ": a model's name with control characters (expected: none; rename the folder)");
    }
  }

  private static List<Path> models(Path folder) {
    if (isPipeline(folder)) {
      return List.of(folder);
    }
    try (var children = Files.list(folder)) {
      return children.filter(Files::isDirectory).filter(ModelFolders::isServable).sorted().toList();
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          folder + ": cannot be listed (expected: a readable folder)",
          e);
    }
  }

  private static boolean isServable(Path folder) {
    boolean servable = isPipeline(folder);
    if (!servable) {
      logger
          .atWarn()
          .addKeyValue("folder", folder)
          .log("Not a diffusion pipeline (no model_index.json): ignored");
    }
    return servable;
  }

  private static boolean isPipeline(Path folder) {
    return Files.isRegularFile(folder.resolve("model_index.json"))
        || Files.isDirectory(folder.resolve("unet"));
  }
}
