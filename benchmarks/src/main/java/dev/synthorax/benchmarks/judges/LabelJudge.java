package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.metrics.ClassificationScores;
import dev.synthorax.client.metrics.LabelScores;
import dev.synthorax.client.metrics.TestScores;
import dev.synthorax.client.metrics.Thresholds;
import dev.synthorax.client.metrics.ValidationScores;
import dev.synthorax.client.metrics.ZeroDivision;
import java.util.ArrayList;
import java.util.List;

/**
 * F1 of a classifier on images made from the prompts of phantoms, with the phantoms' labels as
 * truth, beside its F1 on the phantoms. Thresholds are chosen on validation phantoms.
 */
record LabelJudge(Reader classifier) {

  /**
   * Judges.
   *
   * @param validation phantoms that nothing is measured on
   * @param drawn one image a sample, by its prompt alone
   */
  Verdict judge(
      List<Sample> validation,
      List<Reader.Reading> validationReadings,
      List<Sample> samples,
      List<Reader.Reading> real,
      List<Reader.Reading> drawn) {
    Thresholds thresholds =
        Thresholds.maximizingF1(new ValidationScores(scores(validation, validationReadings)));
    ClassificationScores ofReal = scored(samples, real, thresholds);
    ClassificationScores ofDrawn = scored(samples, drawn, thresholds);
    var verdict =
        new Verdict.Builder(
            "F1 of classifier and prompt, %d phantoms, thresholds from %d others"
                .formatted(samples.size(), validation.size()),
            "label",
            "positives",
            "phantoms: F1",
            "generated: F1",
            "phantoms: AUROC",
            "generated: AUROC");
    for (int i = 0; i < ofReal.labels().size(); i++) {
      ClassificationScores.LabelResult before = ofReal.labels().get(i);
      ClassificationScores.LabelResult after = ofDrawn.labels().get(i);
      verdict.row(
          before.label(),
          Integer.toString(before.positives()),
          f1(before),
          f1(after),
          Verdict.number(before.auroc()),
          Verdict.number(after.auroc()));
    }
    double macroOfReal = macro(ofReal);
    double macroOfDrawn = macro(ofDrawn);
    verdict.row(
        "macro",
        "",
        Verdict.number(macroOfReal),
        Verdict.number(macroOfDrawn),
        Verdict.number(ofReal.macroAuroc()),
        Verdict.number(ofDrawn.macroAuroc()));
    verdict.figure("label_f1_of_phantoms", macroOfReal);
    verdict.figure("label_f1", macroOfDrawn);
    verdict.figure("label_consistency", macroOfDrawn / macroOfReal);
    return verdict.build();
  }

  private static String f1(ClassificationScores.LabelResult result) {
    ClassificationScores.Decisions decisions = result.atThreshold();
    return decisions == null ? "none" : Verdict.number(decisions.f1());
  }

  private static double macro(ClassificationScores scores) {
    return scores.atThresholds() == null ? Double.NaN : scores.atThresholds().macro();
  }

  private ClassificationScores scored(
      List<Sample> samples, List<Reader.Reading> readings, Thresholds thresholds) {
    return ClassificationScores.of(
        new TestScores(scores(samples, readings)), thresholds, ZeroDivision.ZERO);
  }

  private List<LabelScores> scores(List<Sample> samples, List<Reader.Reading> readings) {
    List<String> names = samples.stream().map(Sample::id).toList();
    List<LabelScores> scores = new ArrayList<>();
    for (String label : classifier.labels()) {
      boolean[] truth = new boolean[samples.size()];
      double[] score = new double[samples.size()];
      for (int i = 0; i < truth.length; i++) {
        String name = Finding.ofWireName(label).label();
        truth[i] = samples.get(i).info().labels().get(name) == Label.POSITIVE;
        score[i] = classifier.score(readings.get(i), label);
      }
      scores.add(LabelScores.of(label, names, truth, score));
    }
    return scores;
  }
}
