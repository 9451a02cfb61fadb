package dev.synthorax.nn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Fields of one {@code config.json} as diffusers and transformers save them, {@code NaN} and {@code
 * -Infinity} included. A missing field takes the default of its class, an unknown one is ignored, a
 * value that cannot be followed is an error in one line: {@code MODEL_FAILED}, naming file and
 * field.
 */
public final class ConfigFields {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** Far above any channel, token or timestep count: tables are made of them. */
  private static final int MAX_INTEGER = 1 << 20;

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
  public static ConfigFields read(ModelFile file) {
    return parse(file.name(), file.text("a file of the diffusers layout"));
  }

  /**
   * The same from text.
   *
   * @param source what errors name
   */
  public static ConfigFields parse(String source, String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw failed(
          "%s: not JSON, line %d: %s"
              .formatted(source, e.getLocation().getLineNr(), firstLine(e.getOriginalMessage())),
          e);
    }
    if (root == null || !root.isObject()) {
      throw failed(source + ": not a JSON object (expected: fields in braces)", null);
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

  /** Whether the field is there and not null. */
  public boolean has(String name) {
    return root.hasNonNull(name);
  }

  /** A field as it is; a missing node where it is not there. */
  public JsonNode get(String name) {
    return root.path(name);
  }

  /** Refuses a null that means something else than a missing field. */
  void requireNotNull(String name, String expected) {
    if (root.path(name).isNull()) {
      throw bad(name, null, expected);
    }
  }

  /** A positive integer. */
  public int integer(String name, int defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    return positive(name, root.get(name));
  }

  /** An integer of at least 0. */
  public int count(String name, int defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 0
        || node.intValue() > MAX_INTEGER) {
      throw bad(name, node, "an integer from 0 to " + MAX_INTEGER);
    }
    return node.intValue();
  }

  /** A number or an infinity, as Python's json writes them. */
  public double numberOrInfinity(String name, double defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isNumber() || Double.isNaN(node.doubleValue())) {
      throw bad(name, node, "a number");
    }
    return node.doubleValue();
  }

  /** A finite number. */
  public double number(String name, double defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw bad(name, node, "a number");
    }
    return node.doubleValue();
  }

  /** True or false. */
  public boolean flag(String name, boolean defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode node = root.get(name);
    if (!node.isBoolean()) {
      throw bad(name, node, "true or false");
    }
    return node.booleanValue();
  }

  /** A string. */
  public String text(String name, String defaultValue) {
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

  /** A list of finite numbers; null where the field is missing. */
  public @Nullable List<Double> numbers(String name) {
    if (!has(name)) {
      return null;
    }
    JsonNode node = root.get(name);
    List<Double> values = new ArrayList<>();
    node.forEach(item -> values.add(item.isNumber() ? item.doubleValue() : Double.NaN));
    if (!node.isArray() || values.isEmpty() || !values.stream().allMatch(Double::isFinite)) {
      throw bad(name, node, "a list of numbers");
    }
    return List.copyOf(values);
  }

  /** A list of integers of at least 0; empty where the field is missing. */
  public List<Integer> counts(String name) {
    List<Integer> values = new ArrayList<>();
    for (JsonNode item : root.path(name)) {
      values.add(item.isIntegralNumber() && item.canConvertToInt() ? item.intValue() : -1);
    }
    boolean listed = !has(name) || root.get(name).isArray();
    if (!listed || values.stream().anyMatch(value -> value < 0)) {
      throw bad(name, root.get(name), "a list of integers of at least 0");
    }
    return List.copyOf(values);
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
  public void requireOnly(String name, Object supported) {
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

  /** Refuses a feature that is not supported: absent, null, false or a list of these. */
  public void requireNone(String name) {
    if (asksFor(root.path(name))) {
      throw bad(name, root.get(name), "absent, null or false; this feature is not supported");
    }
  }

  private static boolean asksFor(JsonNode node) {
    if (node.isArray() && !node.isEmpty()) {
      return StreamSupport.stream(node.spliterator(), false).anyMatch(ConfigFields::asksFor);
    }
    return !node.isMissingNode() && !node.isNull() && !node.equals(BooleanNode.FALSE);
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
  public <C> C build(Supplier<C> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      throw failed(source + ": " + e.getMessage(), e);
    }
  }

  /** What is wrong with a field's value, in one line. */
  public InferenceException bad(String name, @Nullable Object found, String expected) {
    return failed("%s: %s is %s (expected: %s)".formatted(source, name, found, expected), null);
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static InferenceException failed(String message, @Nullable Throwable cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, message, cause);
  }

  private int positive(String name, JsonNode node) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 1
        || node.intValue() > MAX_INTEGER) {
      throw bad(name, node, "a positive integer, at most " + MAX_INTEGER);
    }
    return node.intValue();
  }
}
