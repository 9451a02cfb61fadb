package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.transform.SeedStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Words for labels. The paper does not publish its wording: the default is the label's plain name
 * as a report would say it, joined by commas and a last "and".
 *
 * @param wording by label, one phrase or several to draw from; labels without take the default
 */
public record PlanPrompts(Map<String, List<String>> wording) {
  /** The default words for every label. */
  public static final PlanPrompts DEFAULT = new PlanPrompts(Map.of());

  private static final int MAX_BYTES = 4096; // the server's limit of a prompt
  private static final Map<String, String> DEFAULT_WORDING = defaults();

  private static Map<String, String> defaults() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("no_finding", "normal chest radiograph");
    words.put("edema", "pulmonary edema");
    words.put("fracture", "rib fracture");
    words.put("pleural_other", "pleural abnormality");
    words.put("hernia", "hiatal hernia");
    words.put("mass", "lung mass");
    words.put("nodule", "lung nodule");
    words.put("fibrosis", "pulmonary fibrosis");
    for (String label :
        List.of(
            "enlarged_cardiomediastinum",
            "cardiomegaly",
            "lung_opacity",
            "lung_lesion",
            "consolidation",
            "pneumonia",
            "atelectasis",
            "pneumothorax",
            "pleural_effusion",
            "support_devices",
            "emphysema",
            "infiltration",
            "pleural_thickening")) {
      words.put(label, label.replace('_', ' '));
    }
    return Collections.unmodifiableMap(words);
  }

  /** Checks that every phrase says something, and copies. */
  public PlanPrompts {
    Map<String, List<String>> copy = new TreeMap<>();
    wording.forEach(
        (label, phrases) -> {
          String key = "wording." + label;
          Checks.require(!phrases.isEmpty(), key, "[]", "one phrase or more");
          for (String phrase : phrases) {
            Checks.require(
                !phrase.isBlank(), key, "'" + phrase + "'", "words; an empty prompt says nothing");
          }
          copy.put(label, phrases.stream().map(String::strip).toList());
        });
    wording = Collections.unmodifiableMap(copy);
  }

  @JsonCreator
  static PlanPrompts of(
      @JsonProperty("wording") @Nullable Map<String, @Nullable List<String>> wording) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    if (wording != null) {
      wording.forEach((label, phrases) -> words.put(label, phrases == null ? List.of() : phrases));
    }
    return new PlanPrompts(words);
  }

  /** Returns whether there are words for {@code label}, ours or the plan's. */
  public boolean knows(String label) {
    return wording.containsKey(label) || DEFAULT_WORDING.containsKey(label);
  }

  /**
   * Returns the prompt for labels that an image shows, in that order.
   *
   * @param labels at least one
   * @param seeds one draw a label, whether it has several phrases or not
   */
  public String prompt(List<String> labels, SeedStream seeds) {
    StringBuilder prompt = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        prompt.append(i == labels.size() - 1 ? " and " : ", ");
      }
      List<String> phrases = phrases(labels.get(i));
      prompt.append(phrases.get(seeds.below(phrases.size())));
    }
    Checks.require(
        prompt.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES,
        "prompt",
        prompt.substring(0, Math.min(40, prompt.length())) + "...",
        "at most " + MAX_BYTES + " bytes");
    return prompt.toString();
  }

  private List<String> phrases(String label) {
    List<String> phrases = wording.get(label);
    return phrases == null
        ? List.of(DEFAULT_WORDING.getOrDefault(label, label.replace('_', ' ')))
        : phrases;
  }
}
