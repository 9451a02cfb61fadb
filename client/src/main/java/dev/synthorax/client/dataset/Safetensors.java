package dev.synthorax.client.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: eight bytes of little-endian length, then JSON that names each
 * tensor's datatype, shape and byte range in the data that follows.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">Safetensors format</a>
 */
final class Safetensors {
  static final int MAX_HEADER_BYTES = 100_000_000;
  private static final int ALIGNMENT = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Safetensors() {}

  /**
   * One U8 tensor of a header.
   *
   * @param shape all dims >= 0
   * @param begin first byte in the data section
   * @param end byte after the last; {@code end - begin} is the product of the shape
   */
  record Entry(List<Integer> shape, long begin, long end) {}

  /** What a header says: U8 tensors by name, and the string metadata. */
  record Header(Map<String, Entry> tensors, Map<String, String> metadata) {}

  /** Encodes length and JSON, padded with spaces to a multiple of eight bytes. */
  static byte[] encode(Header header) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("__metadata__", header.metadata());
    header
        .tensors()
        .forEach(
            (name, entry) -> {
              Map<String, Object> value = new LinkedHashMap<>();
              value.put("dtype", "U8");
              value.put("shape", entry.shape());
              value.put("data_offsets", List.of(entry.begin(), entry.end()));
              root.put(name, value);
            });
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings and numbers always become JSON", e);
    }
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer buffer = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(length).put(json);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.array();
  }

  /**
   * Decodes and checks a header's JSON.
   *
   * @param json the JSON bytes, without the length
   * @param dataBytes bytes in the file after the header
   * @throws IOException if the JSON is malformed, a datatype is not U8, or the byte ranges do not
   *     tile the data
   */
  static Header decode(byte[] json, long dataBytes) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IOException("safetensors header is no JSON (expected: an object)", e);
    }
    if (root == null || !root.isObject()) {
      throw new IOException("safetensors header is no JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        tensors.put(field.getKey(), entry(field.getKey(), field.getValue()));
      }
    }
    requireTiled(tensors, dataBytes);
    return new Header(tensors, metadata);
  }

  private static Entry entry(String name, JsonNode node) throws IOException {
    if (!node.path("dtype").asText().equals("U8")) {
      throw new IOException(
          "tensor '" + name + "' has datatype " + node.path("dtype") + " (expected: U8)");
    }
    List<Integer> shape = new ArrayList<>();
    long elements = 1;
    for (JsonNode dim : node.path("shape")) {
      if (!dim.isInt() || dim.asInt() < 0) {
        throw new IOException("tensor '" + name + "' has dim " + dim + " (expected: >= 0)");
      }
      shape.add(dim.asInt());
      elements = Math.multiplyHigh(elements, dim.asInt()) != 0 ? -1 : elements * dim.asInt();
      if (elements < 0) {
        throw new IOException("tensor '" + name + "' has too many elements");
      }
    }
    JsonNode offsets = node.path("data_offsets");
    if (offsets.size() != 2
        || !offsets.get(0).isIntegralNumber()
        || !offsets.get(1).isIntegralNumber()) {
      throw new IOException(
          "tensor '" + name + "' has data_offsets " + offsets + " (expected: two integers)");
    }
    long begin = offsets.get(0).asLong();
    long end = offsets.get(1).asLong();
    if (begin < 0 || end - begin != elements) {
      throw new IOException(
          "tensor '"
              + name
              + "' spans "
              + begin
              + ".."
              + end
              + " (expected: "
              + elements
              + " bytes)");
    }
    return new Entry(List.copyOf(shape), begin, end);
  }

  private static void requireTiled(Map<String, Entry> tensors, long dataBytes) throws IOException {
    List<Entry> sorted = new ArrayList<>(tensors.values());
    sorted.sort((a, b) -> Long.compare(a.begin(), b.begin()));
    long position = 0;
    for (Entry entry : sorted) {
      if (entry.begin() != position) {
        throw new IOException("tensor data has a gap or an overlap at byte " + position);
      }
      position = entry.end();
    }
    if (position != dataBytes) {
      throw new IOException(
          "file holds "
              + dataBytes
              + " bytes of tensor data (expected: "
              + position
              + "); is it truncated?");
    }
  }
}
