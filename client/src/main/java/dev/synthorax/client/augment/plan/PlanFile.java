package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.transform.Range;
import dev.synthorax.client.yaml.YamlLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a plan from YAML. */
public final class PlanFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .addModule(words())
          .build();

  private static final PlanKeys KEYS = new PlanKeys(YAML);

  private PlanFile() {}

  /**
   * Reads a plan.
   *
   * @throws PlanException if it is no YAML, a key is unknown or a value is wrong; one line with
   *     file, line, key, value and what was expected
   * @throws IOException if the file cannot be read
   */
  public static AugmentPlan read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    try {
      String unknown = KEYS.unknown(YAML.readTree(text), AugmentPlan.class);
      if (unknown != null) {
        String key = unknown.substring(0, unknown.indexOf(": "));
        throw new PlanException(file + YamlLines.of(text).at(key) + ": " + unknown);
      }
      AugmentPlan plan = YAML.readValue(text, AugmentPlan.class);
      if (plan == null) {
        throw new PlanException(file + ": empty (expected: a plan; see augment --help)");
      }
      return plan;
    } catch (JsonMappingException e) {
      throw new PlanException(file + describe(e, YamlLines.of(text)));
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String why = e.getOriginalMessage().lines().findFirst().orElse("damaged");
      throw new PlanException(
          file + (at == null ? "" : ":" + at.getLineNr()) + ": no YAML (" + why + ")");
    }
  }

  private static String describe(JsonMappingException e, YamlLines lines) {
    List<JsonMappingException.Reference> path = e.getPath();
    String key = key(path);
    Throwable cause = e.getCause();
    if (cause instanceof JsonProcessingException inner
        && !(inner instanceof JsonMappingException)) {
      JsonLocation at = inner.getLocation();
      return ":" + (at == null ? 1 : at.getLineNr()) + ": " + inner.getOriginalMessage();
    }
    if (e instanceof ValueInstantiationException && cause != null) { // a check of a whole section
      String message = String.valueOf(cause.getMessage());
      String own = (key.isEmpty() ? "" : key + ".") + message;
      return lines.at(own.substring(0, Math.max(0, own.indexOf(": ")))) + ": " + own;
    }
    if (cause instanceof IllegalArgumentException) { // a single word
      return lines.at(key) + ": " + key + ": " + cause.getMessage();
    }
    if (e instanceof MismatchedInputException mismatch) {
      return lines.at(key)
          + ": "
          + (key.isEmpty() ? "" : key + ": ")
          + lines.value(key)
          + "(expected: "
          + expected(mismatch.getTargetType())
          + ")";
    }
    return lines.at(key) + ": " + (key.isEmpty() ? "" : key + ": ") + e.getOriginalMessage();
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    }
    if (type == Integer.class || type == Long.class || type == int.class || type == long.class) {
      return "a whole number";
    }
    if (Number.class.isAssignableFrom(type) || type == double.class) {
      return "a number";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (type == Range.class) {
      return "[low, high] or one number";
    }
    if (type == String.class) {
      return "a text";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "keys with values";
  }

  private static String key(List<JsonMappingException.Reference> path) {
    StringBuilder key = new StringBuilder();
    for (JsonMappingException.Reference step : path) {
      if (step.getFieldName() == null) {
        key.append('[').append(step.getIndex()).append(']');
      } else {
        key.append(key.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return key.toString();
  }

  /** Reads what is written as one word, and ranges. */
  private static SimpleModule words() {
    SimpleModule module = new SimpleModule("words");
    word(module, ArmKind.class, ArmKind::ofWireName);
    word(module, UnknownFindings.class, UnknownFindings::ofWireName);
    word(module, DatasetFormat.class, withoutKey(DatasetFormat::ofWireName));
    word(module, Structure.class, withoutKey(Structure::ofWireName));
    word(module, Split.class, withoutKey(Split::ofWireName));
    word(module, Arm.OtherLabels.class, name -> constant(Arm.OtherLabels.values(), name));
    word(module, Arm.PromptFrom.class, name -> constant(Arm.PromptFrom.values(), name));
    module.addKeyDeserializer(
        Structure.class,
        new KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context) {
            return withoutKey(Structure::ofWireName).apply(key);
          }
        });
    module.addDeserializer(Range.class, new RangeDeserializer());
    return module;
  }

  private static <T> void word(SimpleModule module, Class<T> type, Function<String, T> named) {
    module.addDeserializer(type, new WordDeserializer<>(type, named));
  }

  private static <E extends Enum<E>> E constant(E[] values, String name) {
    return Arrays.stream(values)
        .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + name
                        + "' (expected: "
                        + Arrays.stream(values)
                            .map(value -> value.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" or "))
                        + ")"));
  }

  /** Leaves out the first word of a failure's message, since the plan's key stands before it. */
  private static <T> Function<String, T> withoutKey(Function<String, T> named) {
    return name -> {
      try {
        return named.apply(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.valueOf(e.getMessage()).replaceFirst("^\\w+: ", ""), e);
      }
    };
  }

  private static final class WordDeserializer<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> named;

    private WordDeserializer(Class<T> type, Function<String, T> named) {
      super(type);
      this.named = named;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      String word = parser.getValueAsString();
      if (word == null) {
        throw new IllegalArgumentException("no word (expected: a name)");
      }
      return named.apply(word);
    }
  }

  private static final class RangeDeserializer extends StdDeserializer<Range> {
    private static final long serialVersionUID = 1L;

    private RangeDeserializer() {
      super(Range.class);
    }

    @Override
    public Range deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      double[] ends =
          parser.isExpectedStartArrayToken()
              ? context.readValue(parser, double[].class)
              : new double[] {context.readValue(parser, double.class)};
      return switch (ends.length) {
        case 1 -> Range.of(ends[0], ends[0]);
        case 2 -> Range.of(ends[0], ends[1]);
        default ->
            throw new IllegalArgumentException(
                Arrays.toString(ends) + " (expected: [low, high] or one number)");
      };
    }
  }
}
