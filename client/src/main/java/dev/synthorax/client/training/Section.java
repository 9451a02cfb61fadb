package dev.synthorax.client.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.synthorax.client.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One section of a recipe file. Gives the values of its keys; what is wrong is noted, and read on.
 * {@link #end} notes the keys that nobody asked for.
 */
final class Section {
  private final JsonNode node;
  private final String path;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();

  Section(JsonNode node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    if (!node.isObject()) {
      problems.add(path, shown(node) + " (expected: keys with values)");
    }
  }

  private static String shown(JsonNode value) {
    String text = value.isTextual() ? "'" + value.asText() + "'" : value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  private String key(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private JsonNode value(String name) {
    known.add(name);
    JsonNode value = node.path(name);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  /** Notes a problem of one key. */
  void problem(String name, String text) {
    problems.add(name.isEmpty() ? path : key(name), text);
  }

  /** Returns whether a key has a value. */
  boolean has(String name) {
    return !value(name).isMissingNode();
  }

  private <T> @Nullable T read(
      String name, String expected, Function<JsonNode, @Nullable T> reader) {
    JsonNode value = value(name);
    if (value.isMissingNode()) {
      return null;
    }
    T read = reader.apply(value);
    if (read == null) {
      problem(name, shown(value) + " (expected: " + expected + ")");
    }
    return read;
  }

  /** Returns a text, or null. */
  @Nullable String text(String name, String expected) {
    return read(
        name,
        expected,
        value -> value.isValueNode() && !value.asText().isBlank() ? value.asText().strip() : null);
  }

  /** Returns a text; empty and noted where there is none. */
  String need(String name, String expected) {
    if (!has(name)) {
      problem(name, "missing (expected: " + expected + ")");
      return "";
    }
    String text = text(name, expected);
    return text == null ? "" : text;
  }

  /** Returns what a text names, or null; {@code named} throws for what is no name. */
  <T> @Nullable T named(String name, Function<String, T> named) {
    String text = text(name, "a name");
    return text == null ? null : named(name, text, named);
  }

  private <T> @Nullable T named(String name, String text, Function<String, T> named) {
    try {
      return named.apply(text);
    } catch (IllegalArgumentException e) {
      problem(name, String.valueOf(e.getMessage()).replaceFirst("^\\w+: ", ""));
      return null;
    }
  }

  /** Returns what the texts of a list name. */
  <T> List<T> names(String name, Function<String, T> named) {
    JsonNode value = value(name);
    List<T> result = new ArrayList<>();
    for (JsonNode one : value.isTextual() ? List.of(value) : value) {
      T read = named(name, one.asText(), named);
      if (read != null) {
        result.add(read);
      }
    }
    return result;
  }

  /** Returns a whole number within a range, or {@code otherwise}. */
  long whole(String name, long least, long most, long otherwise) {
    Long read =
        read(
            name,
            "a whole number, " + least + ".." + most,
            value ->
                value.isIntegralNumber()
                        && value.canConvertToLong()
                        && value.asLong() >= least
                        && value.asLong() <= most
                    ? Long.valueOf(value.asLong())
                    : null);
    return read == null ? otherwise : read;
  }

  /** Returns a finite number above 0, or 1. */
  double weight(String name) {
    Double read =
        read(
            name,
            "a number above 0",
            value ->
                value.isNumber() && value.asDouble() > 0 && Double.isFinite(value.asDouble())
                    ? Double.valueOf(value.asDouble())
                    : null);
    return read == null ? 1 : read;
  }

  /** Returns a switch, or {@code otherwise}. */
  boolean flag(String name, boolean otherwise) {
    Boolean read =
        read(
            name,
            "true or false",
            value -> value.isBoolean() ? Boolean.valueOf(value.asBoolean()) : null);
    return read == null ? otherwise : read;
  }

  /** Returns the section below a key, or null. */
  @Nullable Section section(String name) {
    return has(name) ? new Section(value(name), key(name), problems) : null;
  }

  /** Returns the sections of a list. */
  List<Section> sections(String name) {
    JsonNode list = value(name);
    List<Section> sections = new ArrayList<>();
    if (!list.isMissingNode() && !list.isArray()) {
      problem(name, shown(list) + " (expected: a list)");
      return sections;
    }
    for (int i = 0; i < list.size(); i++) {
      sections.add(new Section(list.get(i), key(name) + "[" + i + "]", problems));
    }
    return sections;
  }

  /** Returns the values of all keys of this section, whatever they are. */
  Map<String, JsonNode> all() {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      known.add(entry.getKey());
      all.put(entry.getKey(), entry.getValue());
    }
    return all;
  }

  /** Notes every key that nobody asked for, with the nearest one that there is. */
  void end() {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      if (!known.contains(name)) {
        String nearest = Nearest.of(name, known);
        problem(
            name,
            nearest == null
                ? "unknown key (expected: " + String.join(", ", known) + ")"
                : "unknown key; did you mean " + nearest + "?");
      }
    }
  }
}
