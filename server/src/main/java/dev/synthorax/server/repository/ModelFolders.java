package dev.synthorax.server.repository;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.text.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the models below some folders, each in a folder of its own name, and who loads them.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ModelFolders {
  private static final Logger logger = LoggerFactory.getLogger(ModelFolders.class);

  private final List<Path> roots;
  private final @Nullable Path trained;
  private final List<ModelLoader> loaders;

  /**
   * A model that is there.
   *
   * @param folder where it is
   * @param loader which claims it
   */
  record Found(Path folder, ModelLoader loader) {}

  /**
   * Folders to look into.
   *
   * @param roots each a folder of models, or one model itself
   * @param loaders asked in this order
   */
  public ModelFolders(List<Path> roots, List<ModelLoader> loaders) {
    this(roots, null, loaders);
  }

  /**
   * The same, and a folder of what this server trained.
   *
   * @param trained may be missing; of two models of one name that of the other folders is served
   */
  public ModelFolders(List<Path> roots, @Nullable Path trained, List<ModelLoader> loaders) {
    this.roots = List.copyOf(roots);
    this.trained = trained;
    this.loaders = List.copyOf(loaders);
  }

  /**
   * Looks now. A folder that nobody claims is named in a warning with what it lacks; hidden ones
   * are passed over.
   *
   * @return by model name; never empty
   * @throws InferenceException {@code INVALID_ARGUMENT} if a folder is missing, there is no model,
   *     two models have one name or a name has control characters; one line each
   */
  SortedMap<String, Found> scan() {
    var models = new TreeMap<String, Found>();
    for (Path root : roots) {
      if (!Files.isDirectory(root)) {
        throw new InferenceException(
            ErrorReason.INVALID_ARGUMENT,
            root
                + (Files.exists(root) ? ": not a folder" : ": no such folder")
                + " (expected: a folder of models)");
      }
      ModelLoader own = claimant(root);
      if (own != null) {
        add(models, root, own);
      } else {
        addChildren(models, root);
      }
    }
    addTrained(models);
    if (models.isEmpty()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          roots.stream().map(Path::toString).collect(Collectors.joining(", "))
              + ": no models (expected: folders with model_index.json, config.pbtxt or"
              + " 1/model.onnx)");
    }
    return models;
  }

  private void addTrained(SortedMap<String, Found> models) {
    if (trained == null || !Files.isDirectory(trained)) {
      return;
    }
    for (Path folder : children(trained)) {
      ModelLoader loader = claimant(folder);
      if (loader == null) {
        continue; // of no kind that is served
      }
      Found other = models.get(name(folder));
      if (other == null) {
        add(models, folder, loader);
      } else {
        logger
            .atWarn()
            .addKeyValue("folder", folder)
            .addKeyValue("other", other.folder())
            .log("A trained model whose name another one has: not served");
      }
    }
  }

  /**
   * The folder of that name, claimed or not.
   *
   * @return null if there is none
   */
  @Nullable Path locate(String name) {
    List<Path> folders = new ArrayList<>();
    for (Path root : roots) {
      folders.addAll(claimant(root) == null ? children(root) : List.of(root));
    }
    if (trained != null && Files.isDirectory(trained)) {
      folders.addAll(children(trained));
    }
    return folders.stream().filter(folder -> name(folder).equals(name)).findFirst().orElse(null);
  }

  private static List<Path> children(Path root) {
    try (var children = Files.list(root)) {
      return children
          .filter(Files::isDirectory)
          .filter(child -> !isHidden(child))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          root + ": cannot be listed (expected: a readable folder)",
          e);
    }
  }

  private void addChildren(SortedMap<String, Found> models, Path root) {
    for (Path folder : children(root)) {
      ModelLoader loader = claimant(folder);
      if (loader != null) {
        add(models, folder, loader);
      } else {
        logger
            .atWarn()
            .addKeyValue("folder", folder)
            .addKeyValue("reason", lacks(folder))
            .log("Not a model that is served here: ignored");
      }
    }
  }

  /** What is being written, or was left by a killed writer. */
  private static boolean isHidden(Path folder) {
    return String.valueOf(folder.getFileName()).startsWith(".");
  }

  private @Nullable ModelLoader claimant(Path folder) {
    return loaders.stream().filter(each -> each.lacks(folder) == null).findFirst().orElse(null);
  }

  private String lacks(Path folder) {
    return loaders.stream()
        .map(each -> each.kind() + ": " + each.lacks(folder))
        .collect(Collectors.joining("; "));
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  private static void add(SortedMap<String, Found> models, Path folder, ModelLoader loader) {
    String name = name(folder);
    if (!PlainText.isPlain(name)) { // shown in lists and logs and typed by people
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          PlainText.line(folder.toString())
              + ": a model's name with control characters (expected: none; rename the folder)");
    }
    Found other = models.putIfAbsent(name, new Found(folder, loader));
    if (other != null) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "%s: two models of that name, %s and %s (expected: one)"
              .formatted(name, other.folder(), folder));
    }
  }
}
