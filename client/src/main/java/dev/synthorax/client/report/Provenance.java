package dev.synthorax.client.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a report comes from: program, command, files, models, seeds.
 *
 * @param facts by what they are, in the order they are shown; empty: nothing is said
 */
public record Provenance(Map<String, String> facts) {
  /** Nothing is known. */
  public static final Provenance NONE = new Provenance(Map.of());

  /** Copies the facts. */
  public Provenance {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }
}
