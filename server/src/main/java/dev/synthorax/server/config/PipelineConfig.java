package dev.synthorax.server.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * {@code synthorax.yaml} beside a diffusion pipeline: what it offers and how it is batched.
 *
 * @param description what the model is, one sentence
 * @param sizes image sizes it makes; one for now; empty: the size it was trained at
 * @param structures names of the mask channels, in channel order; empty: no mask condition
 * @param defaults of a request that leaves a choice
 * @param rowCounts row counts the networks run at, ascending; the largest at least 2
 * @param decoderRowCounts the same of the decoder, where a row is an image
 * @param maxQueuedImages most images that wait or run; 1 to 100,000
 */
public record PipelineConfig(
    String description,
    List<ImageSize> sizes,
    List<String> structures,
    GenerationDefaults defaults,
    List<Integer> rowCounts,
    List<Integer> decoderRowCounts,
    int maxQueuedImages) {

  /** What holds where the file says nothing. */
  public static final PipelineConfig DEFAULT =
      new PipelineConfig(
          "",
          List.of(),
          List.of(),
          GenerationDefaults.DEFAULT,
          List.of(2, 4, 6, 8, 12, 16),
          List.of(1, 2, 4),
          512);

  /** Name of the file. */
  public static final String FILE = "synthorax.yaml";

  private static final int MAX_ROWS = 256;

  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException naming the key
   */
  public PipelineConfig {
    requireNonNull(description, "description");
    requireNonNull(defaults, "defaults");
    sizes = List.copyOf(sizes);
    structures = List.copyOf(structures);
    rowCounts = requireRowCounts("row-counts", rowCounts, 2);
    decoderRowCounts = requireRowCounts("decoder-row-counts", decoderRowCounts, 1);
    if (sizes.size() > 1) {
      throw new IllegalArgumentException(
          "sizes: " + sizes + " (expected: one size; more are not served yet)");
    }
    if (structures.stream().anyMatch(String::isBlank)
        || new HashSet<>(structures).size() != structures.size()) {
      throw new IllegalArgumentException(
          "structures: " + structures + " (expected: different names, none blank)");
    }
    if (maxQueuedImages < 1 || maxQueuedImages > 100_000) {
      throw new IllegalArgumentException(
          "max-queued-images: " + maxQueuedImages + " (expected: 1 to 100000)");
    }
  }

  private static List<Integer> requireRowCounts(
      String key, List<Integer> counts, int leastLargest) {
    var sorted = counts.stream().sorted().distinct().toList();
    if (sorted.isEmpty()
        || sorted.getFirst() < 1
        || sorted.getLast() < leastLargest
        || sorted.getLast() > MAX_ROWS) {
      throw new IllegalArgumentException(
          key
              + ": "
              + counts
              + " (expected: counts from 1 to "
              + MAX_ROWS
              + ", the largest at least "
              + leastLargest
              + ")");
    }
    return sorted;
  }

  /**
   * Reads the file of a pipeline folder; {@link #DEFAULT} where there is none.
   *
   * @throws IllegalArgumentException in one line, naming the file, if it cannot be read, has an
   *     unknown key or a value out of its range
   */
  public static PipelineConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return DEFAULT;
    }
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(FILE + ": cannot be read (expected: UTF-8 text)", e);
    }
  }

  /**
   * Reads YAML over the defaults.
   *
   * @throws IllegalArgumentException in one line, naming the file
   */
  static PipelineConfig parse(String yaml) {
    try {
      JsonNode given = YAML.readTree(yaml);
      ObjectNode whole = YAML.valueToTree(DEFAULT);
      if (!given.isMissingNode() && !given.isNull()) {
        if (!given.isObject()) {
          throw new IllegalArgumentException(FILE + ": not a mapping (expected: key: value lines)");
        }
        overlay(whole, (ObjectNode) given);
      }
      return YAML.treeToValue(whole, PipelineConfig.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(FILE + ": " + reason(e), e);
    }
  }

  /**
   * A record's own check where there is one, else the key and what the parser says of it; one line.
   */
  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    if (e.getCause() instanceof IllegalArgumentException check
        && !(check instanceof NumberFormatException)) {
      message = String.valueOf(check.getMessage());
    } else if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      message = mapping.getPath().getLast().getFieldName() + ": " + message;
    } else if (e.getLocation() != null) {
      message = "line " + e.getLocation().getLineNr() + ": " + message;
    }
    return message.lines().findFirst().orElse("not YAML");
  }

  private static void overlay(ObjectNode whole, ObjectNode given) {
    given
        .properties()
        .forEach(
            entry -> {
              if (whole.get(entry.getKey()) instanceof ObjectNode inner
                  && entry.getValue() instanceof ObjectNode over) {
                overlay(inner, over);
              } else {
                whole.set(entry.getKey(), entry.getValue());
              }
            });
  }
}
