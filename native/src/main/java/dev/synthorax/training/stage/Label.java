package dev.synthorax.training.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a sample beside its pixels.
 *
 * @param id names it
 * @param prompt what a reader would say of it; may be empty
 * @param findings those that are there
 * @param absentFindings those that are known not to be there; null: all that {@code findings} does
 *     not name
 * @param attributes anything else, such as {@code sex}, {@code view}, {@code age} or {@code site}
 * @param knownStructures those whose mask was drawn, even if it is empty; null: all of its shard
 */
public record Label(
    String id,
    String prompt,
    List<String> findings,
    @Nullable List<String> absentFindings,
    Map<String, String> attributes,
    @Nullable List<String> knownStructures) {
  /** What is known of one finding. */
  public enum Presence {
    /** It is there. */
    PRESENT,
    /** It is known not to be there. */
    ABSENT,
    /** Nobody has looked for it. */
    UNKNOWN
  }

  public Label {
    findings = List.copyOf(findings);
    absentFindings = absentFindings == null ? null : List.copyOf(absentFindings);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    knownStructures = knownStructures == null ? null : List.copyOf(knownStructures);
  }

  /**
   * Whether a finding is there. One that is named both there and absent counts as there.
   *
   * @param finding a finding's name, or {@code attribute=value}, such as {@code
   *     pleural_effusion_side=left}: there where the attribute has the value, absent elsewhere
   */
  public Presence presence(String finding) {
    int equals = finding.indexOf('=');
    if (equals > 0) {
      String value = attributes.get(finding.substring(0, equals));
      return finding.substring(equals + 1).equals(value) ? Presence.PRESENT : Presence.ABSENT;
    }
    if (findings.contains(finding)) {
      return Presence.PRESENT;
    }
    return absentFindings == null || absentFindings.contains(finding)
        ? Presence.ABSENT
        : Presence.UNKNOWN;
  }

  /** Whether a structure of the sample's shard was drawn. */
  public boolean knows(String structure) {
    return knownStructures == null || knownStructures.contains(structure);
  }

  /** A line of a shard's JSON Lines; fields that it does not have are empty or null. */
  static Label of(JsonNode line) {
    var attributes = new LinkedHashMap<String, String>();
    line.path("attributes")
        .properties()
        .forEach(field -> attributes.put(field.getKey(), text(field.getValue())));
    return new Label(
        line.path("id").asText(),
        line.path("prompt").asText(),
        strings(line.path("findings")),
        line.has("absent_findings") ? strings(line.path("absent_findings")) : null,
        attributes,
        line.has("known_structures") ? strings(line.path("known_structures")) : null);
  }

  private static List<String> strings(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String text(JsonNode value) {
    if (value.isArray()) {
      return strings(value).stream().collect(Collectors.joining(", "));
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }
}
