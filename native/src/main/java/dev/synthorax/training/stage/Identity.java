package dev.synthorax.training.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.Sha256;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that decides a result, field by field, and its hash. A later stage's identity is that
 * of the stage before it and more, so that a change is found where it first matters.
 *
 * <p>What is computed on is no part of it: threads, processor and libtorch move the last bits only,
 * and a run may move to another machine. {@link Environment} is kept beside it.
 *
 * @param fields values by name, in the order they were added
 */
public record Identity(Map<String, String> fields) {
  /** Of nothing. */
  public static final Identity NONE = new Identity(Map.of());

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String HASH = "hash";
  private static final String FIELDS = "fields";
  private static final String DIGEST = "sha256:";
  private static final int SHOWN_DIGEST = DIGEST.length() + 12;

  public Identity {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** SHA-256 of the fields, in hex. */
  public String hash() {
    return Sha256.hex(MAPPER.valueToTree(fields).toString().getBytes(StandardCharsets.UTF_8));
  }

  /** This and one field more. */
  public Identity with(String name, Object value) {
    var more = new LinkedHashMap<>(fields);
    more.put(name, String.valueOf(value));
    return new Identity(more);
  }

  /** This and the digest of some bytes. */
  public Identity withDigest(String name, String sha256) {
    return with(name, DIGEST + sha256);
  }

  /** This and every component of a record, those of records in it included. */
  public Identity withRecord(String prefix, Record constants) {
    Identity result = this;
    for (RecordComponent component : constants.getClass().getRecordComponents()) {
      String name = prefix + "." + component.getName();
      Object value = value(component, constants);
      result =
          value instanceof Record nested
              ? result.withRecord(name, nested)
              : result.with(name, value);
    }
    return result;
  }

  private static Object value(RecordComponent component, Record constants) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // settings of recipes are no one else's business
      return accessor.invoke(constants);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + ": cannot be read", e);
    }
  }

  /** This and every field of a configuration; lists as one value. */
  public Identity withJson(String prefix, JsonNode json) {
    if (!json.isObject()) {
      return with(prefix, json.isTextual() ? json.asText() : json);
    }
    Identity result = this;
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      result = result.withJson(prefix + "." + field.getKey(), field.getValue());
    }
    return result;
  }

  /** The hash and the readable fields, pretty-printed: what is stored. */
  public String toJson() {
    ObjectNode json = MAPPER.createObjectNode().put(HASH, hash());
    json.set(FIELDS, MAPPER.valueToTree(fields));
    return json.toPrettyString() + "\n";
  }

  /**
   * What {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it did not, or the fields are not those of the hash
   */
  public static Identity parse(String json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      var fields = new LinkedHashMap<String, String>();
      root.path(FIELDS).properties().forEach(f -> fields.put(f.getKey(), f.getValue().asText()));
      var identity = new Identity(fields);
      if (!identity.hash().equals(root.path(HASH).asText())) {
        throw new IllegalArgumentException(
            "identity: the hash is not that of the fields (expected: as a training run wrote it)");
      }
      return identity;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("identity: not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * How another identity differs: {@code control.steps was 800, now 900}, for each field that does.
   */
  public List<String> differences(Identity now) {
    Set<String> names = new LinkedHashSet<>(fields.keySet());
    names.addAll(now.fields.keySet());
    var result = new ArrayList<String>();
    for (String name : names) {
      String before = shown(fields.getOrDefault(name, "absent"));
      String after = shown(now.fields.getOrDefault(name, "absent"));
      if (!before.equals(after)) {
        result.add("%s was %s, now %s".formatted(name, before, after));
      }
    }
    return result;
  }

  private static String shown(String value) {
    return value.startsWith(DIGEST) && value.length() > SHOWN_DIGEST
        ? value.substring(0, SHOWN_DIGEST)
        : value;
  }
}
