package dev.synthorax.training.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads a recipe's settings into a record: every component must be given, and nothing else. */
public final class SettingsFile {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private SettingsFile() {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException naming file and field, if it is not JSON, a field is missing,
   *     unknown, of another kind or out of range
   */
  public static <T extends Record> T read(Path file, Class<T> type) throws IOException {
    try {
      return MAPPER.readValue(Files.readString(file), type);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException("%s: %s%s".formatted(file, field(e), problem(e)), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static String field(JsonMappingException failure) {
    String path =
        failure.getPath().stream()
            .map(
                part ->
                    part.getFieldName() == null
                        ? "[" + part.getIndex() + "]"
                        : "." + part.getFieldName())
            .collect(Collectors.joining());
    return path.isEmpty() ? "" : path.substring(path.startsWith(".") ? 1 : 0) + ": ";
  }

  private static String problem(JsonMappingException failure) {
    return switch (failure) {
      case UnrecognizedPropertyException e ->
          "unknown (expected: one of %s)".formatted(e.getKnownPropertyIds());
      case ValueInstantiationException e when e.getCause() != null ->
          String.valueOf(e.getCause().getMessage());
      default -> String.valueOf(failure.getOriginalMessage());
    };
  }
}
