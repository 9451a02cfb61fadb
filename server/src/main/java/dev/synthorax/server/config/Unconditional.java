package dev.synthorax.server.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a model was trained to read where it is told nothing: the text of a request without a prompt
 * and the unconditional row of guidance.
 */
public enum Unconditional {
  /**
   * The embedding of {@code ""}; the unconditional row keeps the masks. As diffusers runs a
   * pipeline.
   */
  EMPTY_PROMPT,
  /** The zero embedding; the unconditional row has no masks, so that guidance acts on them too. */
  ZERO;

  /** From YAML: {@code empty-prompt} or {@code zero}. */
  @JsonCreator
  static Unconditional of(String name) {
    return Arrays.stream(values())
        .filter(value -> value.yaml().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unconditional: " + name + " (expected: " + names() + ")"));
  }

  private static String names() {
    List<String> names = Arrays.stream(values()).map(Unconditional::yaml).toList();
    return String.join(" or ", names);
  }

  /** To YAML. */
  @JsonValue
  String yaml() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
