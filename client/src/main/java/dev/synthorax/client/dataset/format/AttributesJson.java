package dev.synthorax.client.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The attributes of {@link ImageInfo} as a JSON object of values by name. */
final class AttributesJson {
  private AttributesJson() {}

  /** Returns attributes as one line of JSON. */
  static String write(Map<String, Object> attributes) {
    return InfoJson.toString(attributes);
  }

  /**
   * Refuses attributes that would not come back.
   *
   * @throws IllegalArgumentException if a value is none of the types that {@link ImageInfo} names
   */
  static void require(Sample sample) {
    sample
        .info()
        .attributes()
        .forEach(
            (name, value) -> {
              boolean known =
                  switch (value) {
                    case String text -> true;
                    case Boolean truth -> true;
                    case Integer number -> true;
                    case Long number -> true;
                    case Double number -> Double.isFinite(number);
                    case List<?> list -> list.stream().allMatch(String.class::isInstance);
                    default -> false;
                  };
              if (!known) {
                throw new IllegalArgumentException(
                    "sample '"
                        + sample.id()
                        + "': attribute "
                        + name
                        + " is "
                        + value
                        + " (expected: a string, a boolean, a finite number or a list of strings)");
              }
            });
  }

  /** Reads attributes from one JSON object. */
  static Map<String, Object> read(String json) throws IOException {
    return read(InfoJson.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads attributes from a member of an object; none where it is missing. */
  static Map<String, Object> read(JsonNode node) throws IOException {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      if (value.isNull()) {
        continue;
      }
      attributes.put(entry.getKey(), attribute(entry.getKey(), value));
    }
    return attributes;
  }

  private static Object attribute(String name, JsonNode value) throws IOException {
    return switch (value.getNodeType()) {
      case STRING -> value.asText();
      case BOOLEAN -> value.asBoolean();
      case NUMBER ->
          value.isInt()
              ? (Object) value.asInt()
              : value.isLong() ? (Object) value.asLong() : (Object) value.asDouble();
      case ARRAY -> {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : value) {
          if (!item.isTextual()) {
            throw new IOException(
                "attribute " + name + ": " + value + " (expected: strings in the list)");
          }
          texts.add(item.asText());
        }
        yield List.copyOf(texts);
      }
      case OBJECT, NULL, BINARY, MISSING, POJO ->
          throw new IOException(
              "attribute "
                  + name
                  + ": "
                  + value
                  + " (expected: a string, a boolean, a number or a list of strings)");
    };
  }
}
