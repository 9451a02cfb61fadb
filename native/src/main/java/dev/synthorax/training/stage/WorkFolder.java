package dev.synthorax.training.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps what it needs. People edit the recipe's settings and configurations at the top;
 * below {@code run} lies what was computed from them: a checkpoint of the stage that is under way,
 * and a folder for each finished one, which appears by one rename when everything is in it. Each
 * holds its {@link Identity}; what belongs to another one is refused.
 *
 * <p><b>Ownership:</b> owns a lock on the folder, so that no second run writes into it.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class WorkFolder implements AutoCloseable {
  private static final String IDENTITY = "identity.json";

  /** What runs left before they had an identity. */
  private static final List<String> WITHOUT_IDENTITY =
      List.of(
          "checkpoints",
          "checkpoint.safetensors",
          "model.safetensors",
          "latents.safetensors",
          "pipeline/tokenizer");

  private final Path root;
  private final Path results;
  private final FileChannel lock; // owned

  private WorkFolder(Path root, FileChannel lock) {
    this.root = root;
    this.results = root.resolve("run");
    this.lock = lock;
  }

  /**
   * Opens a folder, made if missing.
   *
   * @throws IllegalStateException if another run works in it, or if it holds results without
   *     identity
   */
  @MustBeClosed
  public static WorkFolder open(Path root) throws IOException {
    for (String name : WITHOUT_IDENTITY) {
      if (Files.exists(root.resolve(name))) {
        throw new IllegalStateException(
            "%s: begun by an earlier version, which did not keep what its results came from (found: %s; expected: a new folder, or one of this version; take a new one, and copy recipe.json and the configurations to it to keep the settings)"
                .formatted(root, name));
      }
    }
    Files.createDirectories(root);
    FileChannel channel =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(root);
      }
      return new WorkFolder(root, channel);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(root);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static IllegalStateException inUse(Path root) {
    return new IllegalStateException(
        root + ": another run works in it (expected: one at a time; wait for it or stop it)");
  }

  /** A file that people may edit. */
  public Path file(String name) {
    return root.resolve(name);
  }

  /**
   * The same as JSON.
   *
   * @throws IllegalArgumentException if it is not
   */
  public JsonNode json(String name) throws IOException {
    try {
      return new ObjectMapper().readTree(Files.readString(file(name)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: not JSON: %s".formatted(file(name), e.getOriginalMessage()), e);
    }
  }

  /** Writes a recipe's templates, but no file that is there already. */
  public void layOut(Recipe recipe) throws IOException {
    layOut(recipe, Map.of());
  }

  /**
   * The same, and changes fields: of the template, or of the file that is there already.
   *
   * @param overrides fields to change by the name of a template, as {@link Templates} has it; one
   *     that names another {@code _class_name} takes the place of the whole template
   * @throws IllegalArgumentException naming every template and field that there is not and every
   *     value of another kind
   */
  public void layOut(Recipe recipe, Map<String, JsonNode> overrides) throws IOException {
    for (Map.Entry<String, byte[]> file :
        new Templates(recipe).filled(root, overrides).entrySet()) {
      AtomicFiles.write(file(file.getKey()), file.getValue());
    }
  }

  /**
   * Makes the folder that of one run: what all its stages share.
   *
   * @throws IllegalStateException if it is another's
   */
  public void claim(Identity run) throws IOException {
    Path file = results.resolve(IDENTITY);
    if (Files.exists(file)) {
      requireSame(file, Files.readString(file), run);
    } else {
      AtomicFiles.write(file, run.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Checks that something was computed by this run.
   *
   * @param file what is checked
   * @param stored its identity, as {@link Identity#toJson} gives it
   * @throws IllegalStateException naming the first difference, if it was not
   */
  public void requireSame(Path file, @Nullable String stored, Identity now) {
    List<String> differences;
    try {
      differences = Identity.parse(stored == null ? "{}" : stored).differences(now);
    } catch (IllegalArgumentException e) {
      differences = List.of(String.valueOf(e.getMessage()));
    }
    if (!differences.isEmpty()) {
      int more = differences.size() - 1;
      throw new IllegalStateException(
          "%s: of another run: %s%s; undo the change, take another work folder, or delete %s to start over in this one"
              .formatted(
                  file,
                  differences.getFirst(),
                  more == 0 ? "" : " (and %d more)".formatted(more),
                  results));
    }
  }

  /**
   * Whether a stage's results are there.
   *
   * @throws IllegalStateException if they are another run's
   */
  public boolean finished(String stage, Identity identity) throws IOException {
    if (!Files.exists(result(stage))) {
      return false;
    }
    Path file = result(stage).resolve(IDENTITY);
    requireSame(result(stage), Files.exists(file) ? Files.readString(file) : null, identity);
    return true;
  }

  /** Where the results of a stage are when it is finished. */
  public Path result(String stage) {
    return results.resolve(stage);
  }

  /** The latest pictures of a stage. */
  Path pictures(String stage) {
    return file(picturesName(stage));
  }

  /** The same, relative to this folder. */
  String picturesName(String stage) {
    return "run/" + stage + ".pictures";
  }

  /** The checkpoint of a stage that is under way. */
  public Path checkpoint(String stage) {
    return results.resolve(stage + ".checkpoint.safetensors");
  }

  /** Publishes a stage's results as a whole; then its checkpoint goes. */
  public void finish(String stage, Identity identity, AtomicFiles.FolderContent content)
      throws IOException {
    AtomicFiles.writeFolder(
        result(stage),
        folder -> {
          content.writeTo(folder);
          AtomicFiles.write(
              folder.resolve(IDENTITY), identity.toJson().getBytes(StandardCharsets.UTF_8));
        });
    Files.deleteIfExists(checkpoint(stage));
  }

  /** Lets another run in. Idempotent. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
