package dev.synthorax.nn.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, checked: every tensor has a known type, a length that fits
 * its shape, and together they cover the data without gap or overlap.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsHeader {

  private static final String METADATA = "__metadata__";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Where a tensor lies in the data after the header, in bytes. */
  record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {}

  private final List<Entry> entries;
  private final Map<String, String> metadata;

  private SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    this.entries = entries;
    this.metadata = metadata;
  }

  /** By offset. */
  List<Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Parses and checks a header.
   *
   * @param dataBytes length of the data after the header
   * @throws MalformedHeaderException with what was wrong and what was expected
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) throws MalformedHeaderException {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new MalformedHeaderException("header is not JSON: " + e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw new MalformedHeaderException("header is not JSON: " + e.getMessage());
    }
    if (root == null || !root.isObject()) {
      throw new MalformedHeaderException("header is not a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        readMetadata(field.getValue(), metadata);
      } else {
        entries.add(readEntry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    requireCovered(entries, dataBytes);
    return new SafetensorsHeader(List.copyOf(entries), Collections.unmodifiableMap(metadata));
  }

  private static void readMetadata(JsonNode node, Map<String, String> metadata)
      throws MalformedHeaderException {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw new MalformedHeaderException(
            METADATA + "." + field.getKey() + " is not a string (expected: strings only)");
      }
      metadata.put(field.getKey(), field.getValue().textValue());
    }
  }

  private static Entry readEntry(String name, JsonNode node) throws MalformedHeaderException {
    String typeName = node.path("dtype").asText("");
    ElementType type = ElementType.find(typeName);
    if (type == null) {
      throw new MalformedHeaderException(
          "tensor %s has dtype %s (expected: one of %s)"
              .formatted(name, typeName, List.of(ElementType.values())));
    }
    List<Long> shape = longs(name, "shape", node.path("shape"));
    List<Long> offsets = longs(name, "data_offsets", node.path("data_offsets"));
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw new MalformedHeaderException(
          "tensor %s has data_offsets %s (expected: begin and end)".formatted(name, offsets));
    }
    Entry entry = new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    requireLength(entry);
    return entry;
  }

  private static List<Long> longs(String name, String field, JsonNode node)
      throws MalformedHeaderException {
    List<Long> values = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
        throw new MalformedHeaderException(
            "tensor %s has %s %s (expected: integers of at least 0)".formatted(name, field, node));
      }
      values.add(item.longValue());
    }
    if (!node.isArray()) {
      throw new MalformedHeaderException("tensor %s has no %s".formatted(name, field));
    }
    return List.copyOf(values);
  }

  private static void requireLength(Entry entry) throws MalformedHeaderException {
    long length = entry.end() - entry.begin();
    long expected = entry.type().bytes();
    try {
      for (long dim : entry.shape()) {
        expected = Math.multiplyExact(expected, dim);
      }
    } catch (ArithmeticException _) {
      throw new MalformedHeaderException(
          "tensor %s has shape %s, too large to address".formatted(entry.name(), entry.shape()));
    }
    if (length != expected) {
      throw new MalformedHeaderException(
          "tensor %s has %d bytes (expected: %d for %s %s)"
              .formatted(entry.name(), length, expected, entry.type(), entry.shape()));
    }
  }

  private static void requireCovered(List<Entry> entries, long dataBytes)
      throws MalformedHeaderException {
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin() != end) {
        throw new MalformedHeaderException(
            "tensor %s begins at byte %d (expected: %d, tensors touch without gap or overlap)"
                .formatted(entry.name(), entry.begin(), end));
      }
      end = entry.end();
    }
    if (end != dataBytes) {
      throw new MalformedHeaderException(
          "%d bytes of data (expected: %d; the file is %s)"
              .formatted(dataBytes, end, dataBytes < end ? "truncated" : "too long"));
    }
  }

  /** What is wrong with a header, without the name of its file. */
  static final class MalformedHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedHeaderException(String message) {
      super(message);
    }
  }
}
