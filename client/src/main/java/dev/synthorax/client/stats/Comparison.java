package dev.synthorax.client.stats;

import org.jspecify.annotations.Nullable;

/**
 * One arm against the baseline in one task.
 *
 * @param arm the arm
 * @param task the task, "" where the file names none
 * @param n pairs: seeds, or images
 * @param clusters seeds, or patients
 * @param armEstimate mean of the metric, or AUROC, of the arm
 * @param baselineEstimate the same of the baseline
 * @param result what the test found
 * @param pAdjusted p-value adjusted for the family; null where there is none
 * @param effectSize standardised mean difference; null where there is none
 * @param detectable what n pairs can find at all; null where units are not independent or one
 */
public record Comparison(
    String arm,
    String task,
    int n,
    int clusters,
    double armEstimate,
    double baselineEstimate,
    TestResult result,
    @Nullable Double pAdjusted,
    @Nullable EffectSize effectSize,
    @Nullable Detectable detectable) {
  /** Returns arm and task, for messages. */
  String name() {
    return "arm '" + arm + "'" + (task.isEmpty() ? "" : ", task '" + task + "'");
  }
}
