package dev.synthorax.training.reading;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.training.stage.Roles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader's parameters start: at random, or at those of a trained network, which is a folder
 * of {@link Reader#load} or one with a single safetensors file.
 *
 * @param weights null: at random
 * @param newHead whether the last layer starts at random all the same
 */
record ReaderBase(@Nullable Path weights, boolean newHead) {
  /**
   * Checks that a folder can be the base.
   *
   * @throws IllegalArgumentException if its weights cannot be told, its network is another, or it
   *     reads other labels and the head is not made anew
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming every name and
   *     shape that does not fit
   */
  static ReaderBase of(@Nullable Path folder, ReaderConfig config, ReaderSettings settings)
      throws IOException {
    if (folder == null) {
      if (settings.newHead()) {
        throw new IllegalArgumentException(
            "newHead: true without a model to start from (expected: false, or a model as %s)"
                .formatted(Roles.BASE));
      }
      return new ReaderBase(null, false);
    }
    var base = new ReaderBase(weights(folder), settings.newHead());
    requireAlike(folder, config, settings);
    try (TorchParameters _ = base.load(config)) { // so that what does not fit is told at once
      return base;
    }
  }

  private static Path weights(Path folder) throws IOException {
    Path ours = folder.resolve(Reader.WEIGHTS);
    if (Files.exists(ours)) {
      return ours;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      if (found.size() != 1) {
        throw new IllegalArgumentException(
            "%s: %d safetensors files (expected: %s, or a single one of another name)"
                .formatted(folder, found.size(), Reader.WEIGHTS));
      }
      return found.getFirst();
    }
  }

  private static void requireAlike(Path folder, ReaderConfig config, ReaderSettings settings) {
    if (Files.exists(folder.resolve(Reader.CONFIG))) {
      Class<?> theirs =
          ReaderConfig.read(folder.resolve(Reader.CONFIG), config.outputs()).getClass();
      if (theirs != config.getClass()) {
        throw new IllegalArgumentException(
            "%s: of a network with %s (expected: %s, as %s says)"
                .formatted(
                    folder.resolve(Reader.CONFIG),
                    theirs.getSimpleName(),
                    config.getClass().getSimpleName(),
                    Reader.CONFIG));
      }
    }
    if (!settings.newHead() && Files.exists(folder.resolve(Reader.LABELS))) {
      List<String> labels = Reader.labels(folder);
      if (!labels.equals(settings.labels())) {
        throw new IllegalArgumentException(
            "labels: %s (expected: %s, those of the base; or newHead: true, so that the last layer starts anew)"
                .formatted(settings.labels(), labels));
      }
    }
  }

  /** The parameters as they start; the caller closes them. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the result is the caller's
  TorchParameters start(ReaderConfig config, long seed) {
    TorchParameters parameters = TorchParameters.create(config.parameters(), seed);
    if (weights != null) {
      try (TorchParameters base = load(config)) {
        parameters.copyFrom(base);
      } catch (RuntimeException e) {
        parameters.close();
        throw e;
      }
    }
    return parameters;
  }

  @MustBeClosed
  private TorchParameters load(ReaderConfig config) {
    List<ParameterSpec> specs =
        config.parameters().stream()
            .filter(spec -> !newHead || !spec.name().startsWith(config.head() + "."))
            .toList();
    return TorchParameters.load(specs, java.util.Objects.requireNonNull(weights));
  }
}
