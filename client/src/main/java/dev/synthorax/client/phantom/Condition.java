package dev.synthorax.client.phantom;

import static dev.synthorax.client.dataset.Finding.ATELECTASIS;
import static dev.synthorax.client.dataset.Finding.CARDIOMEGALY;
import static dev.synthorax.client.dataset.Finding.CONSOLIDATION;
import static dev.synthorax.client.dataset.Finding.EDEMA;
import static dev.synthorax.client.dataset.Finding.PLEURAL_EFFUSION;
import static dev.synthorax.client.dataset.Finding.PNEUMONIA;
import static dev.synthorax.client.dataset.Finding.PNEUMOTHORAX;
import static dev.synthorax.client.dataset.Finding.RIB_FRACTURE;

import dev.synthorax.client.dataset.Finding;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Why a patient is X-rayed. Findings go together because an illness brings several: given the
 * condition they are independent, each with the probability listed here, so that every joint
 * probability is a sum over conditions. The figures are chosen, not measured, such that the sites
 * come near the label counts published for the datasets they stand for.
 */
enum Condition {
  /** A check-up: nothing. */
  HEALTHY,
  /** One finding alone, all alike: for training sets. */
  ISOLATED,
  /** A failing heart: large, with water in lungs and pleura. */
  HEART_FAILURE,
  /** An infection of one or more lobes. */
  LUNG_INFECTION,
  /** A filled lobe that is no infection: aspiration, bleeding. */
  AIRSPACE_DISEASE,
  /** A fall or a crash. */
  CHEST_TRAUMA,
  /** A lung that leaks, of itself or after a procedure. */
  AIR_LEAK,
  /** A patient in intensive care or after an operation. */
  INTENSIVE_CARE;

  private static final List<Finding> ABNORMAL =
      List.copyOf(EnumSet.complementOf(EnumSet.of(Finding.NORMAL)));

  /** Returns what the condition brings, each with its probability. */
  private Map<Finding, Double> brings() {
    return switch (this) {
      case HEALTHY, ISOLATED -> Map.of();
      case HEART_FAILURE ->
          Map.of(CARDIOMEGALY, 0.6, EDEMA, 0.68, PLEURAL_EFFUSION, 0.55, ATELECTASIS, 0.15);
      case LUNG_INFECTION ->
          Map.of(PNEUMONIA, 1.0, PLEURAL_EFFUSION, 0.25, ATELECTASIS, 0.12, CARDIOMEGALY, 0.1);
      case AIRSPACE_DISEASE ->
          Map.of(CONSOLIDATION, 1.0, PLEURAL_EFFUSION, 0.25, ATELECTASIS, 0.15);
      case CHEST_TRAUMA ->
          Map.of(
              RIB_FRACTURE, 0.75, PNEUMOTHORAX, 0.45, PLEURAL_EFFUSION, 0.22, CONSOLIDATION, 0.15);
      case AIR_LEAK -> Map.of(PNEUMOTHORAX, 1.0, ATELECTASIS, 0.1, PLEURAL_EFFUSION, 0.08);
      case INTENSIVE_CARE ->
          Map.of(
              ATELECTASIS,
              0.55,
              PLEURAL_EFFUSION,
              0.5,
              EDEMA,
              0.25,
              CARDIOMEGALY,
              0.22,
              CONSOLIDATION,
              0.15,
              PNEUMOTHORAX,
              0.06);
    };
  }

  /** Probability of {@code finding} given this condition; of {@code NORMAL}: of no finding. */
  double probability(Finding finding) {
    if (this == ISOLATED) {
      return finding == Finding.NORMAL ? 0 : 1.0 / ABNORMAL.size();
    }
    if (finding != Finding.NORMAL) {
      return brings().getOrDefault(finding, 0.0);
    }
    double none = 1;
    for (Finding one : ABNORMAL) {
      none *= 1 - probability(one);
    }
    return none;
  }

  /** Draws what this patient has, {@code NORMAL} never among it: one draw a finding. */
  Set<Finding> draw(Draw draw) {
    if (this == ISOLATED) {
      return EnumSet.of(draw.pick(ABNORMAL));
    }
    Map<Finding, Double> brings = brings();
    Set<Finding> present = EnumSet.noneOf(Finding.class);
    for (Finding finding : ABNORMAL) {
      if (draw.chance(brings.getOrDefault(finding, 0.0))) {
        present.add(finding);
      }
    }
    return present;
  }
}
