package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.files.Sha256;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleMask;
import dev.synthorax.server.text.PlainText;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sample of the wire, checked.
 *
 * @param digest of its bytes
 * @param image row-major grey
 * @param masks of the structures that are known, 0 or 1
 * @param line what is said of it
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record SampleReader(byte[] digest, byte[] image, Map<String, byte[]> masks, SampleLine line) {
  private static final int MAX_ID_BYTES = 256;
  private static final int MAX_PROMPT_BYTES = 4096;
  private static final int MAX_FINDINGS = 256;
  private static final int MAX_FINDING_BYTES = 128;
  private static final int MAX_ATTRIBUTE_BYTES = 16 << 10;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * Reads.
   *
   * @throws FieldException naming the field that cannot be taken, and the sample
   */
  static SampleReader read(Sample sample, SampleShape shape) {
    if (sample.getId().isBlank() || !PlainText.isPlain(sample.getId())) {
      throw FieldException.invalid(
          "sample.id",
          "'%s' (expected: a name without control characters)".formatted(sample.getId()));
    }
    requireBytes("id", sample.getId(), MAX_ID_BYTES, sample);
    requireBytes("prompt", sample.getPrompt(), MAX_PROMPT_BYTES, sample);
    requireSize("image", sample.getImage(), shape.pixels(), sample);
    var names = new HashSet<String>();
    List<String> findings = findings("findings", sample.getFindingsList(), names, sample);
    List<String> absent =
        sample.hasAbsentFindings()
            ? findings("absent_findings", sample.getAbsentFindings().getNamesList(), names, sample)
            : null;
    return new SampleReader(
        Sha256.digest().digest(sample.toByteArray()),
        sample.getImage().toByteArray(),
        masks(sample, shape),
        new SampleLine(
            sample.getId(),
            sample.hasSeed() ? sample.getSeed() : null,
            sample.getPrompt(),
            findings,
            absent,
            attributes(sample)));
  }

  private static List<String> findings(
      String field, List<String> given, Set<String> names, Sample sample) {
    if (given.size() > MAX_FINDINGS) {
      throw wrong(sample, field, given.size() + " names (expected: at most " + MAX_FINDINGS + ")");
    }
    for (String name : given) {
      if (name.isBlank() || name.getBytes(UTF_8).length > MAX_FINDING_BYTES || !names.add(name)) {
        throw wrong(
            sample,
            field,
            "'%s' (expected: each name once in both lists, 1 to %d bytes)"
                .formatted(name, MAX_FINDING_BYTES));
      }
    }
    return given;
  }

  private static Map<String, byte[]> masks(Sample sample, SampleShape shape) {
    var masks = new LinkedHashMap<String, byte[]>();
    for (SampleMask mask : sample.getMasksList()) {
      if (!shape.structures().contains(mask.getStructure())) {
        throw wrong(
            sample,
            "masks",
            "structure '%s' (expected: one of %s)"
                .formatted(mask.getStructure(), shape.structures()));
      }
      if (masks.put(mask.getStructure(), unpacked(mask.getBits(), shape, sample)) != null) {
        throw wrong(sample, "masks", mask.getStructure() + " twice (expected: once)");
      }
    }
    return masks;
  }

  private static byte[] unpacked(ByteString bits, SampleShape shape, Sample sample) {
    int pixels = shape.pixels();
    byte[] mask = new byte[pixels];
    if (bits.isEmpty()) {
      return mask;
    }
    requireSize("masks.bits", bits, (pixels + 7) / 8, sample);
    for (int i = 0; i < pixels; i++) {
      mask[i] = (byte) (bits.byteAt(i >> 3) >> (7 - (i & 7)) & 1);
    }
    int unused = bits.size() * 8 - pixels;
    if ((bits.byteAt(bits.size() - 1) & (1 << unused) - 1) != 0) {
      throw wrong(sample, "masks.bits", "bits behind the last pixel (expected: 0)");
    }
    return mask;
  }

  private static ObjectNode attributes(Sample sample) {
    String text = sample.getAttributesJson();
    requireBytes("attributes_json", text, MAX_ATTRIBUTE_BYTES, sample);
    if (text.isEmpty()) {
      return JSON.createObjectNode();
    }
    JsonNode parsed = parsed(text);
    if (!(parsed instanceof ObjectNode attributes)) {
      throw wrong(sample, "attributes_json", "not one JSON object (expected: {...})");
    }
    return attributes;
  }

  private static @Nullable JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static void requireBytes(String field, String text, int max, Sample sample) {
    int bytes = text.getBytes(UTF_8).length;
    if (bytes > max) {
      throw wrong(sample, field, bytes + " bytes (expected: at most " + max + ")");
    }
  }

  private static void requireSize(String field, ByteString bytes, int expected, Sample sample) {
    if (bytes.size() != expected) {
      throw wrong(sample, field, bytes.size() + " bytes (expected: " + expected + ")");
    }
  }

  private static FieldException wrong(Sample sample, String field, String what) {
    String id = sample.getId();
    return new FieldException(
        "sample." + field,
        ErrorReason.INVALID_ARGUMENT,
        "sample %s: %s: %s"
            .formatted(
                id.length() <= MAX_ID_BYTES ? id : id.substring(0, MAX_ID_BYTES), field, what));
  }
}
