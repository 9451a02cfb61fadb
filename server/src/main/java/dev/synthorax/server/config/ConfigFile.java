package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.synthorax.server.text.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.stream.Collectors;

/** YAML over the defaults of a record, with kebab-case keys; whatever is wrong is one line. */
final class ConfigFile {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .addModule(
              new SimpleModule()
                  .addSerializer(Duration.class, ToStringSerializer.instance)
                  .addDeserializer(Duration.class, new Durations()))
          .build();

  private ConfigFile() {}

  private static final class Durations extends StdScalarDeserializer<Duration> {
    private static final long serialVersionUID = 1L;

    private Durations() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      try {
        return Duration.parse(parser.getText());
      } catch (DateTimeParseException e) {
        throw JsonMappingException.from(
            parser, parser.getText() + " (expected: a duration, as PT30S)");
      }
    }
  }

  /**
   * Reads a file.
   *
   * @param name of the file, for the error
   * @throws IllegalArgumentException in one line, naming the file, if it cannot be read, has an
   *     unknown key or a value out of its range
   */
  static <T> T read(Path file, String name, T defaults) {
    try {
      return parse(Files.readString(file), name, defaults);
    } catch (IOException e) {
      throw new IllegalArgumentException(name + ": cannot be read (expected: UTF-8 text)", e);
    }
  }

  /**
   * Reads YAML.
   *
   * @param name of the file, for the error
   * @throws IllegalArgumentException in one line, naming the file
   */
  static <T> T parse(String yaml, String name, T defaults) {
    try {
      JsonNode given = YAML.readTree(yaml);
      ObjectNode whole = YAML.valueToTree(defaults);
      if (!given.isMissingNode() && !given.isNull()) {
        if (!given.isObject()) {
          throw new IllegalArgumentException(name + ": not a mapping (expected: key: value lines)");
        }
        overlay(whole, (ObjectNode) given);
      }
      @SuppressWarnings("unchecked") // getClass() of a T
      var type = (Class<T>) defaults.getClass();
      return YAML.treeToValue(whole, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(name + ": " + reason(e), e);
    }
  }

  /**
   * A record's own check where there is one, else the key and what the parser says of it; one line.
   */
  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    if (e.getCause() instanceof IllegalArgumentException check
        && !(check instanceof NumberFormatException)) {
      message = String.valueOf(check.getMessage());
    } else if (e instanceof UnrecognizedPropertyException unknown) {
      message =
          "%s: unknown key (expected: one of %s)"
              .formatted(
                  PlainText.line(unknown.getPropertyName()),
                  requireNonNull(unknown.getKnownPropertyIds()).stream()
                      .map(String::valueOf)
                      .sorted()
                      .collect(Collectors.joining(", ")));
    } else if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      message = mapping.getPath().getLast().getFieldName() + ": " + message;
    } else if (e.getLocation() != null) {
      message = "line " + e.getLocation().getLineNr() + ": " + message;
    }
    return message.lines().findFirst().orElse("not YAML");
  }

  private static void overlay(ObjectNode whole, ObjectNode given) {
    given
        .properties()
        .forEach(
            entry -> {
              if (whole.get(entry.getKey()) instanceof ObjectNode inner
                  && entry.getValue() instanceof ObjectNode over) {
                overlay(inner, over);
              } else {
                whole.set(entry.getKey(), entry.getValue());
              }
            });
  }
}
