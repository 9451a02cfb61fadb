package dev.synthorax.client.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of a shard: all that is known of a sample beside its pixels, as a JSON object.
 *
 * <p>{@code id}, {@code seed} (or null), {@code prompt} (the sample's text), {@code findings} (the
 * positive labels), {@code attributes}. Sex, age, view, split, patient and study stand among the
 * attributes, as {@code sex}, {@code age}, {@code view}, {@code split}, {@code patient} and {@code
 * study}; an image without the last two is its own patient and study. Two more where they are
 * needed:
 *
 * <ul>
 *   <li>{@code absent_findings}: the negative labels. A label in neither list is not known. Without
 *       this member every other label is negative, as phantoms have it: the reader then gives those
 *       of {@link #ALL}.
 *   <li>{@code known_structures}: the structures that were looked for, where these are not all of
 *       the shard's. The channels of the others hold zeros.
 * </ul>
 *
 * @param info what the line says
 * @param known the structures whose masks mean something
 * @param unread members that nobody reads
 */
public record ShardLine(ImageInfo info, Set<Structure> known, List<String> unread) {
  /** The members of a line. */
  public static final List<String> KEYS =
      List.of(
          "id", "seed", "prompt", "findings", "absent_findings", "known_structures", "attributes");

  /** The labels that a line without {@code absent_findings} says something of. */
  static final List<String> ALL =
      Stream.concat(
              Arrays.stream(Finding.values()).map(Finding::label),
              Stream.of("lung_opacity", "support_devices"))
          .toList();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> ATTRIBUTES =
      new TypeReference<>() {};

  /** Copies the collections. */
  public ShardLine {
    Objects.requireNonNull(info, "info");
    known = Set.copyOf(known);
    unread = List.copyOf(unread);
  }

  /**
   * Returns the line of a sample, with its end.
   *
   * @param structures the shard's channels
   */
  static byte[] write(Sample sample, List<Structure> structures) throws IOException {
    ImageInfo info = sample.info();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", info.id());
    line.put("seed", info.seed());
    line.put("prompt", info.text());
    line.put("findings", findings(info));
    List<String> absent = absentFindings(info);
    if (absent != null) {
      line.put("absent_findings", absent);
    }
    if (!sample.masks().keySet().containsAll(structures)) {
      line.put(
          "known_structures",
          structures.stream()
              .filter(sample.masks()::containsKey)
              .map(Structure::wireName)
              .toList());
    }
    line.put("attributes", attributes(info));
    return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns the positive labels by their names in shards; {@code normal} alone where none is and
   * {@code no_finding} is.
   */
  public static List<String> findings(ImageInfo info) {
    List<String> positives = info.positives();
    if (positives.isEmpty() && info.has(ImageInfo.NO_FINDING)) {
      positives = List.of(ImageInfo.NO_FINDING);
    }
    return positives.stream().map(ShardLine::findingOf).toList();
  }

  /**
   * Returns the negative labels by their names in shards; null where these and the positive ones
   * are just the labels that a line without them says something of.
   */
  public static @Nullable List<String> absentFindings(ImageInfo info) {
    List<String> absent = labels(info, Label.NEGATIVE);
    Set<String> known = new HashSet<>(labels(info, Label.POSITIVE));
    known.addAll(absent);
    return known.equals(Set.copyOf(ALL))
        ? null
        : absent.stream().map(ShardLine::findingOf).toList();
  }

  private static List<String> labels(ImageInfo info, Label value) {
    return info.labels().entrySet().stream()
        .filter(entry -> entry.getValue() == value)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the attributes of a line: those of the image, and {@link #facts}. */
  public static Map<String, Object> attributes(ImageInfo info) {
    Map<String, Object> attributes = new LinkedHashMap<>(info.attributes());
    attributes.putAll(facts(info));
    return attributes;
  }

  /** Returns what the tables say of an image by the names that these facts have in a line. */
  public static Map<String, Object> facts(ImageInfo info) {
    Map<String, Object> facts = new LinkedHashMap<>();
    Sex sex = info.sex();
    if (sex != null) {
      facts.put("sex", sex.wireName());
    }
    Integer age = info.ageYears();
    if (age != null) {
      facts.put("age", age);
    }
    View view = info.view();
    if (view != null) {
      facts.put("view", view.name());
    }
    Split split = info.split();
    if (split != null) {
      facts.put("split", split.wireName());
    }
    if (!info.patientId().equals(info.id())) {
      facts.put("patient", info.patientId());
    }
    if (!info.studyId().equals(info.id())) {
      facts.put("study", info.studyId());
    }
    return facts;
  }

  /**
   * Reads a line.
   *
   * @param structures the shard's channels
   * @throws JsonProcessingException if it is no JSON
   * @throws IllegalArgumentException if it is no line of a shard; names the member
   */
  public static ShardLine parse(String text, Collection<Structure> structures)
      throws JsonProcessingException {
    JsonNode node = JSON.readTree(text);
    for (String key : List.of("id", "prompt")) {
      if (!node.path(key).isTextual()) {
        throw new IllegalArgumentException(key + ": " + node.path(key) + " (expected: a string)");
      }
    }
    JsonNode seed = node.path("seed");
    if (!(seed.isIntegralNumber() || seed.isNull())
        || !node.path("findings").isArray()
        || !node.path("attributes").isObject()) {
      throw new IllegalArgumentException("line (expected: seed, findings and attributes)");
    }
    ImageInfo.Builder info =
        ImageInfo.builder(node.path("id").asText())
            .seed(seed.isNull() ? null : Long.valueOf(seed.asLong()))
            .text(node.path("prompt").asText())
            .labels(labels(node));
    Map<String, Object> attributes = attributes(node.path("attributes"));
    read(attributes, info);
    List<String> unread = new ArrayList<>();
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!KEYS.contains(name)) {
                unread.add(name);
              }
            });
    return new ShardLine(info.attributes(attributes).build(), known(node, structures), unread);
  }

  private static Map<String, Label> labels(JsonNode node) {
    Map<String, Label> labels = new LinkedHashMap<>();
    strings(node, "findings").forEach(name -> labels.put(labelOf(name), Label.POSITIVE));
    List<String> absent =
        node.has("absent_findings")
            ? strings(node, "absent_findings").stream().map(ShardLine::labelOf).toList()
            : ALL;
    absent.forEach(name -> labels.putIfAbsent(name, Label.NEGATIVE));
    return labels;
  }

  private static Set<Structure> known(JsonNode node, Collection<Structure> structures) {
    Set<Structure> known = EnumSet.noneOf(Structure.class);
    if (!node.has("known_structures")) {
      known.addAll(structures);
      return known;
    }
    for (String name : strings(node, "known_structures")) {
      Structure structure = Structure.ofWireName(name);
      if (!structures.contains(structure)) {
        throw new IllegalArgumentException(
            "known_structures: '" + name + "' (expected: one of the shard's)");
      }
      known.add(structure);
    }
    return known;
  }

  private static List<String> strings(JsonNode node, String key) {
    if (!node.path(key).isArray()) {
      throw new IllegalArgumentException(
          key + ": " + node.path(key) + " (expected: a list of strings)");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode value : node.path(key)) {
      if (!value.isTextual()) {
        throw new IllegalArgumentException(key + ": " + value + " (expected: a string)");
      }
      strings.add(value.asText());
    }
    return strings;
  }

  private static Map<String, Object> attributes(JsonNode node) {
    Map<String, Object> attributes = JSON.convertValue(node, ATTRIBUTES);
    attributes.values().removeIf(Objects::isNull);
    for (Map.Entry<String, Object> entry : attributes.entrySet()) {
      if (entry.getValue() instanceof Map) {
        throw new IllegalArgumentException(
            "attribute "
                + entry.getKey()
                + ": "
                + entry.getValue()
                + " (expected: a string, a boolean, a number or a list of strings)");
      }
    }
    return attributes;
  }

  /** Sets the facts that attributes say in the words of {@link #facts}; other words stay theirs. */
  private static void read(Map<String, Object> attributes, ImageInfo.Builder info) {
    if (attributes.get("sex") instanceof String name) {
      info.sex(Sex.ofName(name));
    }
    if (attributes.get("age") instanceof Integer years && years >= 0) {
      info.ageYears(years);
    }
    if (attributes.get("view") instanceof String name) {
      info.view(named(View.values(), View::name, name));
    }
    if (attributes.get("split") instanceof String name) {
      info.split(named(Split.values(), Split::wireName, name));
    }
    if (attributes.get("patient") instanceof String name && !name.isBlank()) {
      info.patientId(name);
    }
    if (attributes.get("study") instanceof String name && !name.isBlank()) {
      info.studyId(name);
    }
  }

  private static <T> @Nullable T named(T[] values, Function<T, String> nameOf, String name) {
    return Arrays.stream(values)
        .filter(value -> nameOf.apply(value).equals(name))
        .findFirst()
        .orElse(null);
  }

  private static String findingOf(String label) {
    for (Finding finding : Finding.values()) {
      if (finding.label().equals(label)) {
        return finding.wireName();
      }
    }
    return label;
  }

  private static String labelOf(String finding) {
    for (Finding known : Finding.values()) {
      if (known.wireName().equals(finding)) {
        return known.label();
      }
    }
    return finding;
  }
}
