package dev.synthorax.nn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fields of one {@code config.json}. A missing field takes the default of its class, an unknown one
 * is ignored, a value that the networks cannot follow is an error in one line.
 */
final class ConfigFields {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String source;
  private final JsonNode root;

  private ConfigFields(String source, JsonNode root) {
    this.source = source;
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @throws InferenceException {@code MODEL_FAILED} if it cannot be read or is not a JSON object
   */
  static ConfigFields read(Path file) {
    String json;
    try {
      json = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw failed(file + ": no such file (expected: a network's config.json)", e);
    } catch (IOException e) {
      throw failed(file + ": cannot be read: " + e.getMessage(), e);
    }
    return parse(file.toString(), json);
  }

  static ConfigFields parse(String source, String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw failed(source + ": not JSON, " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw failed(source + ": not a JSON object (expected: config.json)", null);
    }
    return new ConfigFields(source, root);
  }

  /** Checks {@code _class_name}, if there is one. */
  void requireClass(String name) {
    String found = text("_class_name", name);
    if (!found.equals(name)) {
      throw bad("_class_name", found, name);
    }
  }

  boolean has(String name) {
    return root.hasNonNull(name);
  }

  int integer(String name, int defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    return positive(name, root.get(name));
  }

  double number(String name, double defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw bad(name, node, "a number");
    }
    return node.doubleValue();
  }

  boolean flag(String name, boolean defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isBoolean()) {
      throw bad(name, node, "true or false");
    }
    return node.booleanValue();
  }

  String text(String name, String defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isTextual()) {
      throw bad(name, node, "a string");
    }
    return node.textValue();
  }

  List<String> texts(String name, List<String> defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    List<String> values = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(item -> values.add(item.isTextual() ? item.textValue() : ""));
    }
    if (values.isEmpty() || values.contains("")) {
      throw bad(name, node, "a list of strings");
    }
    return values;
  }

  List<Integer> integers(String name, List<Integer> defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isArray() || node.isEmpty()) {
      throw bad(name, node, "a list of integers");
    }
    List<Integer> values = new ArrayList<>();
    node.forEach(item -> values.add(positive(name, item)));
    return values;
  }

  /** A list with {@code count} integers; a single one in the file stands for all of them. */
  List<Integer> perBlock(String name, int defaultValue, int count) {
    if (!has(name) || !root.get(name).isArray()) {
      return Collections.nCopies(count, integer(name, defaultValue));
    }
    List<Integer> values = integers(name, List.of());
    if (values.size() != count) {
      throw bad(name, root.get(name), count + " integers, one a block");
    }
    return values;
  }

  /** Refuses a field that asks for something else than what is built: absent, null or equal. */
  void requireOnly(String name, Object supported) {
    if (has(name) && !root.get(name).equals(MAPPER.valueToTree(supported))) {
      JsonNode node = root.get(name);
      boolean sameNumber =
          supported instanceof Number number
              && node.isNumber()
              && node.doubleValue() == number.doubleValue();
      if (!sameNumber) {
        throw bad(name, node, supported + "; nothing else is supported");
      }
    }
  }

  /** Refuses a feature that is not supported: absent, null or false. */
  void requireNone(String name) {
    if (has(name) && !(root.get(name).isBoolean() && !root.get(name).booleanValue())) {
      throw bad(name, root.get(name), "null; this feature is not supported");
    }
  }

  Activation activation(String name, String defaultValue) {
    String found = text(name, defaultValue);
    Activation activation = Activation.find(found);
    if (activation == null) {
      throw bad(name, found, "silu, swish, gelu, quick_gelu, relu or sigmoid");
    }
    return activation;
  }

  /** Builds a record from these fields; what its constructor refuses names the source. */
  <C> C build(Supplier<C> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      throw failed(source + ": " + e.getMessage(), e);
    }
  }

  InferenceException bad(String name, Object found, String expected) {
    return failed("%s: %s is %s (expected: %s)".formatted(source, name, found, expected), null);
  }

  private static InferenceException failed(String message, @Nullable Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, message, null, cause);
  }

  private int positive(String name, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
      throw bad(name, node, "a positive integer");
    }
    return node.intValue();
  }
}
