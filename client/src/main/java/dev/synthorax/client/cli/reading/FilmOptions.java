package dev.synthorax.client.cli.reading;

import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.reading.FilmFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which films are read, and by what. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class FilmOptions {
  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGES",
      description =
          "Radiographs: PNG, JPEG, BMP, TIFF or DICOM files, and folders of them, which are"
              + " walked.")
  private List<Path> inputs;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Model to ask. Default: the first by name that does this.")
  private @Nullable String model;

  @Option(
      names = "--threshold",
      paramLabel = "P",
      defaultValue = "0.5",
      description = "Probability from which on it is there. Default: ${DEFAULT-VALUE}.")
  private double threshold;

  /** Lists the films before a server is started, so that a bad name costs nothing. */
  List<FilmFile> films(PrintWriter err) throws IOException {
    for (Path input : inputs) {
      if (!Files.exists(input)) {
        throw new UsageException(input + ": not there (expected: an image, or a folder of them)");
      }
    }
    if (!(threshold > 0 && threshold < 1)) {
      throw new UsageException("--threshold: " + threshold + " (expected: above 0 and below 1)");
    }
    return FilmFile.of(inputs, warning -> err.println("warning: " + warning));
  }

  /** Returns the model's name; empty: the default. */
  String model() {
    return model == null ? "" : model;
  }

  double threshold() {
    return threshold;
  }
}
