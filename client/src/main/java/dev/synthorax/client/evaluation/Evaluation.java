package dev.synthorax.client.evaluation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured, as commands and reports show it. */
public sealed interface Evaluation permits MaskTable, ClassificationTable, FidelityResult {
  /** Returns what limits the numbers, one line each. */
  List<String> warnings();

  /** Returns tables for people, and lines that say how they were made. */
  List<String> lines();

  /** Returns everything as the maps and lists of a JSON document. */
  Map<String, @Nullable Object> json();
}
