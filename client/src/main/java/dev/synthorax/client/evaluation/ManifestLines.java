package dev.synthorax.client.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code manifest.jsonl} of {@code generate}, {@code demo} or {@code augment}: a line an image.
 *
 * @param file the manifest
 * @param lines its objects; {@code id}, {@code model} and others, as the commands write them
 */
record ManifestLines(Path file, List<JsonNode> lines) {
  static final String NAME = "manifest.jsonl";

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads the manifest in a folder; null where there is none.
   *
   * @throws IOException if a line is no JSON object; names it
   */
  static @Nullable ManifestLines in(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        JsonNode node = JSON.readTree(line);
        if (!node.isObject()) {
          throw broken(file, lines.size() + 1, null);
        }
        lines.add(node);
      }
    } catch (JsonProcessingException e) {
      throw broken(file, lines.size() + 1, e);
    }
    return new ManifestLines(file, List.copyOf(lines));
  }

  private static IOException broken(Path file, int line, @Nullable Exception cause) {
    return new IOException(
        "%s: line %d: no JSON object (expected: a manifest that synthorax wrote)"
            .formatted(file, line),
        cause);
  }

  /** Returns the lines of one arm of {@code augment}. */
  ManifestLines ofArm(String arm) {
    return new ManifestLines(
        file, lines.stream().filter(line -> line.path("arm").asText().equals(arm)).toList());
  }

  /** Returns the models that made images, each with its version, in order of appearance. */
  List<String> models() {
    return lines.stream()
        .filter(line -> line.hasNonNull("model"))
        .map(
            line -> (line.get("model").asText() + " " + line.path("modelVersion").asText()).strip())
        .distinct()
        .toList();
  }
}
