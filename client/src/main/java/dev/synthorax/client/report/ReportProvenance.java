package dev.synthorax.client.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a report comes from: program, command, files, models, seeds.
 *
 * @param facts by what they are, in the order they are shown; empty: nothing is said
 */
public record ReportProvenance(Map<String, String> facts) {
  /** Nothing is known. */
  public static final ReportProvenance NONE = new ReportProvenance(Map.of());

  /** Copies the facts. */
  public ReportProvenance {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }
}
