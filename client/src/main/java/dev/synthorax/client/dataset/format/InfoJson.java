package dev.synthorax.client.dataset.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * All of {@link ImageInfo} as one JSON object: {@code id}, {@code patient_id}, {@code study_id},
 * {@code sex}, {@code age_years}, {@code view}, {@code split}, {@code labels} (1, 0, -1 by
 * canonical name), {@code boxes} ({@code label}, {@code x}, {@code y}, {@code width}, {@code
 * height}), {@code text}, {@code seed} and {@code attributes}. Absent members are not recorded.
 */
final class InfoJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String OBJECT = "an object of values by name";
  private static final String LIST = "a list of objects";
  private static final List<String> NAMES =
      List.of(
          "id",
          "patient_id",
          "study_id",
          "sex",
          "age_years",
          "view",
          "split",
          "labels",
          "boxes",
          "text",
          "seed",
          "attributes");
  private static final Map<String, String> MEMBERS =
      NAMES.stream()
          .collect(
              Collectors.toMap(
                  name -> name,
                  name ->
                      switch (name) {
                        case "labels", "attributes" -> OBJECT;
                        case "boxes" -> LIST;
                        default -> "";
                      }));

  private InfoJson() {}

  /** Returns one line of JSON. */
  static String write(ImageInfo info) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("id", info.id());
    root.put("patient_id", info.patientId());
    root.put("study_id", info.studyId());
    Sex sex = info.sex();
    if (sex != null) {
      root.put("sex", sex.wireName());
    }
    Integer age = info.ageYears();
    if (age != null) {
      root.put("age_years", age);
    }
    View view = info.view();
    if (view != null) {
      root.put("view", view.name());
    }
    Split split = info.split();
    if (split != null) {
      root.put("split", split.wireName());
    }
    Map<String, Integer> labels = new LinkedHashMap<>();
    info.labels().forEach((name, label) -> labels.put(name, number(label)));
    root.put("labels", labels);
    List<Map<String, Object>> boxes = new ArrayList<>();
    for (Box box : info.boxes()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("label", box.label());
      object.put("x", box.x());
      object.put("y", box.y());
      object.put("width", box.width());
      object.put("height", box.height());
      boxes.add(object);
    }
    root.put("boxes", boxes);
    root.put("text", info.text());
    Long seed = info.seed();
    if (seed != null) {
      root.put("seed", seed);
    }
    root.put("attributes", info.attributes());
    return toString(root);
  }

  /** Returns 1, 0 or -1. */
  static int number(Label label) {
    return switch (label) {
      case POSITIVE -> 1;
      case NEGATIVE -> 0;
      case UNCERTAIN -> -1;
    };
  }

  /** Returns a value as one line of JSON. */
  static String toString(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + value, e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param id the id where the object has none
   */
  static ImageInfo read(byte[] json, String id) throws IOException {
    return read(json, id, (key, problem) -> {});
  }

  /**
   * Reads what {@link #write} wrote, or what others wrote with some of its members.
   *
   * @param id the id where the object has none
   * @param unread is told of members that are not read, and why
   * @throws IOException if it is no JSON or a member has the wrong type or value; the message names
   *     the member and its value, not the file
   */
  static ImageInfo read(byte[] json, String id, BiConsumer<String, String> unread)
      throws IOException {
    JsonNode root = parse(json);
    reportUnread(root, unread);
    ImageInfo.Builder info = ImageInfo.builder(text(root, "id", id));
    String own = text(root, "id", id);
    info.patientId(text(root, "patient_id", own));
    info.studyId(text(root, "study_id", own));
    info.text(text(root, "text", ""));
    try {
      String sex = text(root, "sex", "");
      if (!sex.isEmpty()) {
        Sex known = Sex.ofName(sex);
        if (known == null) {
          throw new IOException("sex '" + sex + "' (expected: female or male)");
        }
        info.sex(known);
      }
      String view = text(root, "view", "");
      if (!view.isEmpty()) {
        info.view(View.ofName(view));
      }
      String split = text(root, "split", "");
      if (!split.isEmpty()) {
        info.split(Split.ofWireName(split));
      }
      JsonNode age = root.path("age_years");
      if (present(age)) {
        info.ageYears((int) whole(age, "age_years"));
      }
      JsonNode seed = root.path("seed");
      if (present(seed)) {
        info.seed(whole(seed, "seed"));
      }
      for (Map.Entry<String, JsonNode> label : root.path("labels").properties()) {
        info.label(label.getKey(), label(label.getKey(), label.getValue()));
      }
      if (root.path("boxes").isArray()) {
        for (JsonNode box : root.path("boxes")) {
          info.box(box(box));
        }
      }
      info.attributes(AttributesJson.read(root.path("attributes")));
      return info.build();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void reportUnread(JsonNode root, BiConsumer<String, String> unread) {
    for (Map.Entry<String, JsonNode> member : root.properties()) {
      String expected = MEMBERS.get(member.getKey());
      JsonNode value = member.getValue();
      if (expected == null) {
        unread.accept(
            member.getKey(), "is not read (expected: one of " + String.join(", ", NAMES) + ")");
      } else if (present(value)
          && ((expected.equals(OBJECT) && !value.isObject())
              || (expected.equals(LIST) && !value.isArray()))) {
        unread.accept(
            member.getKey(), "is not read: " + shortened(value) + " (expected: " + expected + ")");
      }
    }
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  /** Reads one JSON object; the message of what is thrown names no file. */
  static JsonNode parse(byte[] json) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException e) {
      throw new IOException("no JSON (expected: an object)", e);
    }
    if (root == null || !root.isObject()) {
      throw new IOException("JSON is " + root + " (expected: an object)");
    }
    return root;
  }

  private static boolean present(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  private static String text(JsonNode root, String name, String otherwise) throws IOException {
    JsonNode node = root.path(name);
    if (!present(node)) {
      return otherwise;
    }
    if (!node.isTextual()) {
      throw new IOException(name + ": " + node + " (expected: a string)");
    }
    return node.asText();
  }

  private static long whole(JsonNode node, String name) throws IOException {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new IOException(name + ": " + node + " (expected: a whole number)");
    }
    return node.asLong();
  }

  private static Label label(String name, JsonNode node) throws IOException {
    String value = node.asText();
    return switch (value) {
      case "1", "1.0" -> Label.POSITIVE;
      case "0", "0.0" -> Label.NEGATIVE;
      case "-1", "-1.0" -> Label.UNCERTAIN;
      default -> throw new IOException("label " + name + ": " + node + " (expected: 1, 0 or -1)");
    };
  }

  private static Box box(JsonNode node) throws IOException {
    double[] sides = new double[4];
    List<String> names = List.of("x", "y", "width", "height");
    for (int i = 0; i < sides.length; i++) {
      JsonNode side = node.path(names.get(i));
      if (!side.isNumber()) {
        throw new IOException("box: " + names.get(i) + " is " + side + " (expected: a number)");
      }
      sides[i] = side.asDouble();
    }
    return new Box(text(node, "label", "finding"), sides[0], sides[1], sides[2], sides[3]);
  }
}
