package dev.synthorax.training.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recipe's settings and configurations, and what somebody wants otherwise. Each has a short name:
 * the file's without its suffix, or its folder's where the file is only called {@code config}.
 */
final class Templates {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CONFIG = "config";
  private static final String CLASS = "_class_name";

  private final Recipe recipe;
  private final Map<String, String> files = new LinkedHashMap<>();

  Templates(Recipe recipe) {
    this.recipe = recipe;
    for (String file : recipe.templates()) {
      files.put(shortName(file), file);
    }
  }

  /** {@code recipe} of {@code recipe.json}, {@code unet} of {@code pipeline/unet/config.json}. */
  static String shortName(String file) {
    String[] parts = file.split("/", -1);
    String name = parts[parts.length - 1];
    String stem = name.substring(0, name.lastIndexOf('.'));
    return stem.endsWith(CONFIG) && parts.length > 1 ? parts[parts.length - 2] : stem;
  }

  /**
   * The files that have to be written: those that are missing, and those that change.
   *
   * @param root where they are to lie
   * @return contents by relative name
   */
  Map<String, byte[]> filled(Path root, Map<String, JsonNode> overrides) throws IOException {
    var problems = new ArrayList<String>();
    new TreeMap<>(overrides)
        .keySet()
        .forEach(
            name -> {
              if (!files.containsKey(name)) {
                problems.add(unknown(name, files.keySet()));
              }
            });
    var result = new LinkedHashMap<String, byte[]>();
    for (Map.Entry<String, String> entry : files.entrySet()) {
      Path file = root.resolve(entry.getValue());
      JsonNode changes = overrides.get(entry.getKey());
      boolean there = Files.exists(file);
      if (!there || changes != null) {
        byte[] content = there ? Files.readAllBytes(file) : template(entry.getValue());
        result.put(
            entry.getValue(),
            changes == null ? content : changed(entry.getKey(), content, changes, problems));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "settings of %s: %s".formatted(recipe.name(), String.join("; ", problems)));
    }
    return result;
  }

  private byte[] template(String name) throws IOException {
    String resource = "/dev/synthorax/training/" + recipe.template(name);
    try (InputStream source = Templates.class.getResourceAsStream(resource)) {
      if (source == null) {
        throw new IllegalStateException(resource + ": not among the training templates");
      }
      return source.readAllBytes();
    }
  }

  private static byte[] changed(
      String name, byte[] content, JsonNode changes, List<String> problems) {
    JsonNode before;
    try {
      before = MAPPER.readTree(new String(content, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      problems.add(name + ": is not JSON, so that no field of it can be set");
      return content;
    }
    if (isAnotherClass(before, changes)) {
      return (changes.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }
    merge(name, before, changes, problems);
    return (before.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Another network has fields of its own: its configuration takes the place of the former. */
  private static boolean isAnotherClass(JsonNode before, JsonNode changes) {
    return before.has(CLASS) && changes.has(CLASS) && !changes.get(CLASS).equals(before.get(CLASS));
  }

  private static void merge(String path, JsonNode before, JsonNode changes, List<String> problems) {
    if (!(before instanceof ObjectNode object) || !changes.isObject()) {
      problems.add("%s: %s (expected: fields and their values)".formatted(path, changes));
      return;
    }
    var known = new ArrayList<String>();
    object.fieldNames().forEachRemaining(known::add);
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      String name = path + "." + change.getKey();
      JsonNode old = object.get(change.getKey());
      JsonNode now = change.getValue();
      if (old == null) {
        problems.add(unknown(name, known.stream().map(field -> path + "." + field).toList()));
      } else if (old.isObject()) {
        merge(name, old, now, problems);
      } else if (old.isNull() || old.getNodeType() == now.getNodeType()) {
        object.set(change.getKey(), now);
      } else {
        problems.add("%s: %s (expected: a value like %s)".formatted(name, now, old));
      }
    }
  }

  private static String unknown(String name, Collection<String> known) {
    String nearest =
        known.stream().min(Comparator.comparingInt(other -> distance(name, other))).orElse("none");
    return "%s: unknown (nearest: %s)".formatted(name, nearest);
  }

  /** Letters to insert, drop or change. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
