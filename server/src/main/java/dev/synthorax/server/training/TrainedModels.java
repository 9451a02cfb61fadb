package dev.synthorax.server.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.repository.ModelRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The way of a finished model into the repository.
 *
 * <p><b>Ownership:</b> borrows the repository. <b>Threading:</b> one thread; loading is the
 * repository's.
 */
final class TrainedModels {
  /** What a training run says of the model that it published. */
  private static final String RECORD = "training.json";

  private static final int VERSION_DIGITS = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DataFolder data;
  private final ModelRepository repository;

  /**
   * A model that was promoted.
   *
   * @param notServed why requests cannot use it, one sentence; empty: they can
   */
  record Promoted(String version, String notServed) {}

  TrainedModels(DataFolder data, ModelRepository repository) {
    this.data = data;
    this.repository = repository;
  }

  /** Whether a whole model is there. */
  static boolean isWhole(Path model) {
    return Files.isRegularFile(model.resolve(RECORD));
  }

  /**
   * The folder of a model that a job may start from.
   *
   * @throws ServerException {@code MODEL_NOT_FOUND}
   */
  Path folder(String name) {
    Path trained = data.models().resolve(name);
    if (isWhole(trained)) {
      return trained;
    }
    Path served = repository.folder(name);
    if (served == null) {
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND,
          "model: %s (expected: one of this server's repository, or one that it trained)"
              .formatted(name),
          name);
    }
    return served;
  }

  /**
   * Checks that a name is free for a model of ours.
   *
   * @throws ServerException {@code TRAINING_CONFLICT}
   */
  void requireOurs(String name) {
    Path there = repository.folder(name);
    if (there != null && !there.equals(data.models().resolve(name))) {
      throw new ServerException(
          ServerReason.TRAINING_CONFLICT,
          "model %s: this server did not train it (expected: another name)".formatted(name),
          name);
    }
  }

  /**
   * Puts a model into the repository by one rename, and has it loaded. The folder it came from
   * stays until that is recorded, so that this can be done again after a kill anywhere.
   *
   * @return what became of it, once it can be used; fails with whatever kept it from being loaded
   */
  CompletableFuture<Promoted> promote(Path model, String name) {
    Path target = data.models().resolve(name);
    try {
      requireOurs(name);
      if (isWhole(model)) {
        AtomicFiles.writeFolder(target, folder -> link(model, folder));
      }
      if (!isWhole(target)) {
        throw new ServerException(
            ServerReason.TRAINING_CONFLICT,
            "model %s: its files are gone (expected: those of a finished job; train it again)"
                .formatted(name),
            name);
      }
      if (!repository.isServable(name)) {
        return CompletableFuture.completedFuture(
            new Promoted(
                identity(target),
                "It is of no kind that is served here; other jobs can start from it or learn"
                    + " from it."));
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(DiskFailure.of(e));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    return repository.load(name).thenApply(status -> new Promoted(status.version(), ""));
  }

  /** The same files by another name; copies where the file system has no links. */
  private static void link(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          linkFile(file, copy);
        }
      }
    }
  }

  private static void linkFile(Path file, Path copy) throws IOException {
    try {
      Files.createLink(copy, file);
    } catch (UnsupportedOperationException | IOException e) {
      Files.copy(file, copy);
    }
  }

  /** Names what decided a model. */
  private static String identity(Path model) throws IOException {
    String hash = JSON.readTree(Files.readString(model.resolve(RECORD))).path("hash").asText();
    if (hash.length() < VERSION_DIGITS) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "%s: no identity (expected: as a training run wrote it)".formatted(RECORD));
    }
    return hash.substring(0, VERSION_DIGITS);
  }
}
