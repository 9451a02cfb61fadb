package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds keys that no section has, before any value is read: a slip in a key is told as such. */
final class PlanKeys {
  private final DeserializationConfig config;

  PlanKeys(ObjectMapper mapper) {
    config = mapper.getDeserializationConfig();
  }

  /** Returns the first unknown key, {@code path: unknown key (expected: ...)}, or null. */
  @Nullable String unknown(JsonNode node, Class<?> type) {
    return unknown("", node, config.constructType(type));
  }

  private @Nullable String unknown(String path, JsonNode node, JavaType type) {
    if (node.isArray() && type.isCollectionLikeType()) {
      for (int i = 0; i < node.size(); i++) {
        String problem = unknown(path + "[" + i + "]", node.get(i), type.getContentType());
        if (problem != null) {
          return problem;
        }
      }
    }
    if (!node.isObject()) {
      return null;
    }
    Map<String, JavaType> known = type.isMapLikeType() ? Map.of() : sections(type);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      JavaType below = type.isMapLikeType() ? type.getContentType() : known.get(entry.getKey());
      if (below == null) {
        return known.isEmpty()
            ? null // no section stands here: the reader of values says so
            : key + ": unknown key (expected: " + String.join(", ", known.keySet()) + ")";
      }
      String problem = unknown(key, entry.getValue(), below);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  /** Returns the keys of a section with their types, as the creator lists them. */
  private Map<String, JavaType> sections(JavaType type) {
    Map<String, JavaType> keys = new LinkedHashMap<>();
    for (BeanPropertyDefinition property : config.introspect(type).findProperties()) {
      if (property.hasConstructorParameter()) {
        keys.put(property.getName(), property.getPrimaryType());
      }
    }
    return keys;
  }
}
