package dev.synthorax.training.stage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shard says of a sample beside its pixels.
 *
 * @param id unique among the samples
 * @param seed that made the image; null: none did
 * @param prompt text that the image is drawn from; may be empty
 * @param findings that it shows; {@code normal} alone where it shows none
 * @param absentFindings that it is known not to show, so that those in neither list are unknown;
 *     null: all that {@code findings} does not name are absent
 * @param attributes further facts, a JSON object; never changed
 */
public record SampleLine(
    String id,
    @Nullable Long seed,
    String prompt,
    List<String> findings,
    @Nullable List<String> absentFindings,
    ObjectNode attributes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies what could change. */
  public SampleLine {
    requireNonNull(id, "id");
    requireNonNull(prompt, "prompt");
    findings = List.copyOf(findings);
    absentFindings = absentFindings == null ? null : List.copyOf(absentFindings);
    attributes = attributes.deepCopy();
  }

  /**
   * The line of JSON, without its end.
   *
   * @param knownStructures structures whose masks say something; null: all
   */
  String toJson(@Nullable List<String> knownStructures) {
    ObjectNode line = JSON.createObjectNode().put("id", id).put("seed", seed).put("prompt", prompt);
    line.set("findings", JSON.<JsonNode>valueToTree(findings));
    if (absentFindings != null) {
      line.set("absent_findings", JSON.<JsonNode>valueToTree(absentFindings));
    }
    if (knownStructures != null) {
      line.set("known_structures", JSON.<JsonNode>valueToTree(knownStructures));
    }
    line.set("attributes", attributes);
    return line.toString();
  }
}
