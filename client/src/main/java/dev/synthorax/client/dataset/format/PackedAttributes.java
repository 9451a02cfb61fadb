package dev.synthorax.client.dataset.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attributes of many images in little memory: each image has a list, first the list of its names,
 * then its values; equal lists of names and equal values are one object.
 *
 * <p><b>Threading:</b> one thread packs; any unpacks.
 */
final class PackedAttributes {
  private final Map<Object, Object> known = new HashMap<>();

  /** Returns the attributes in their order. */
  List<Object> pack(Map<String, Object> attributes) {
    if (attributes.isEmpty()) {
      return List.of();
    }
    List<Object> packed = new ArrayList<>(attributes.size() + 1);
    packed.add(once(List.copyOf(attributes.keySet())));
    attributes.values().forEach(value -> packed.add(once(value)));
    return List.copyOf(packed);
  }

  private Object once(Object value) {
    Object before = known.putIfAbsent(value, value);
    return before == null ? value : before;
  }

  /** Returns what was packed. */
  static Map<String, Object> unpack(List<Object> packed) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (!packed.isEmpty()) {
      List<?> names = (List<?>) packed.getFirst();
      for (int i = 0; i < names.size(); i++) {
        attributes.put((String) names.get(i), packed.get(i + 1));
      }
    }
    return attributes;
  }
}
