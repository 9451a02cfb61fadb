package dev.synthorax.benchmarks.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for figures that a program reads. */
final class JsonFile {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the figures there.")
  private @Nullable Path file;

  /** Writes maps, lists, records and numbers, if a file was asked for. */
  void write(Object figures) throws IOException {
    Path target = file;
    if (target != null) {
      MAPPER.writeValue(target.toFile(), figures);
    }
  }
}
