package dev.synthorax.client.phantom;

import static dev.synthorax.client.phantom.Condition.AIRSPACE_DISEASE;
import static dev.synthorax.client.phantom.Condition.AIR_LEAK;
import static dev.synthorax.client.phantom.Condition.CHEST_TRAUMA;
import static dev.synthorax.client.phantom.Condition.HEALTHY;
import static dev.synthorax.client.phantom.Condition.HEART_FAILURE;
import static dev.synthorax.client.phantom.Condition.INTENSIVE_CARE;
import static dev.synthorax.client.phantom.Condition.ISOLATED;
import static dev.synthorax.client.phantom.Condition.LUNG_INFECTION;

import dev.synthorax.client.dataset.Finding;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a site's patients and films are drawn from.
 *
 * @param population who comes
 * @param conditions the share of each condition; the shares sum to 1
 * @param practice how they are X-rayed and treated
 * @param look how the site's films are processed
 */
record SitePrior(
    Population population, Map<Condition, Double> conditions, Practice practice, FilmLook look) {

  /**
   * Who comes to a site.
   *
   * @param maleShare share of men
   * @param meanAge in years
   * @param ageDeviation in years
   * @param fat mean thickness of the soft tissue, 0 (thin) to 1 (obese)
   * @param newPatientShare probability that the next seed is another patient
   */
  record Population(
      double maleShare, double meanAge, double ageDeviation, double fat, double newPatientShare) {}

  /**
   * How patients are X-rayed and treated.
   *
   * @param portableWell share of AP films among patients without a finding
   * @param portableIll the same among the others
   * @param tubeGivenPneumothorax probability of a chest tube given a pneumothorax
   * @param tubeGivenEffusion the same given a moderate or large effusion and no pneumothorax
   */
  record Practice(
      double portableWell,
      double portableIll,
      double tubeGivenPneumothorax,
      double tubeGivenEffusion) {}

  private static final SitePrior A =
      new SitePrior(
          new Population(0.53, 54, 17, 0.35, 1),
          Map.of(
              HEALTHY,
              0.25,
              ISOLATED,
              0.62,
              HEART_FAILURE,
              0.05,
              CHEST_TRAUMA,
              0.03,
              INTENSIVE_CARE,
              0.05),
          new Practice(0.06, 0.14, 0.25, 0.05),
          FilmLook.A);
  private static final SitePrior B =
      new SitePrior(
          new Population(0.58, 61, 17, 0.42, 0.34),
          Map.of(
              HEALTHY,
              0.2,
              HEART_FAILURE,
              0.34,
              INTENSIVE_CARE,
              0.26,
              LUNG_INFECTION,
              0.07,
              AIRSPACE_DISEASE,
              0.03,
              CHEST_TRAUMA,
              0.05,
              AIR_LEAK,
              0.05),
          new Practice(0.7, 0.9, 0.5, 0.12),
          FilmLook.B);
  private static final SitePrior C =
      new SitePrior(
          new Population(0.52, 57, 20, 0.36, 0.9),
          Map.of(
              HEALTHY,
              0.5,
              AIR_LEAK,
              0.13,
              CHEST_TRAUMA,
              0.08,
              INTENSIVE_CARE,
              0.1,
              HEART_FAILURE,
              0.1,
              LUNG_INFECTION,
              0.06,
              AIRSPACE_DISEASE,
              0.03),
          new Practice(0.15, 0.45, 0.45, 0.08),
          FilmLook.C);
  private static final SitePrior D =
      new SitePrior(
          new Population(0.56, 47, 17, 0.3, 0.95),
          Map.of(
              HEALTHY,
              0.42,
              AIR_LEAK,
              0.19,
              CHEST_TRAUMA,
              0.05,
              INTENSIVE_CARE,
              0.12,
              HEART_FAILURE,
              0.08,
              LUNG_INFECTION,
              0.07,
              AIRSPACE_DISEASE,
              0.07),
          new Practice(0.25, 0.5, 0.5, 0.08),
          FilmLook.D);
  private static final SitePrior E =
      new SitePrior(
          new Population(0.57, 47, 17, 0.3, 0.85),
          Map.of(
              HEALTHY,
              0.36,
              LUNG_INFECTION,
              0.225,
              HEART_FAILURE,
              0.16,
              INTENSIVE_CARE,
              0.13,
              AIR_LEAK,
              0.045,
              CHEST_TRAUMA,
              0.03,
              AIRSPACE_DISEASE,
              0.05),
          new Practice(0.2, 0.6, 0.3, 0.06),
          FilmLook.E);

  SitePrior {
    conditions = new EnumMap<>(conditions);
    double sum = 0;
    for (double share : conditions.values()) {
      sum += share;
    }
    if (Math.abs(sum - 1) > 1e-9) {
      throw new IllegalArgumentException("conditions: sum " + sum + " (expected: 1)");
    }
  }

  static SitePrior of(Site site) {
    return switch (site) {
      case A -> A;
      case B -> B;
      case C -> C;
      case D -> D;
      case E -> E;
    };
  }

  /** Draws a condition by its share. */
  Condition condition(Draw draw) {
    double left = draw.unit();
    Condition last = HEALTHY;
    for (Map.Entry<Condition, Double> entry : conditions.entrySet()) {
      last = entry.getKey();
      left -= entry.getValue();
      if (left < 0) {
        break;
      }
    }
    return last;
  }

  double prevalence(Finding finding) {
    double sum = 0;
    for (Map.Entry<Condition, Double> entry : conditions.entrySet()) {
      sum += entry.getValue() * entry.getKey().probability(finding);
    }
    return sum;
  }

  /** The share of films that show both. */
  double prevalence(Finding one, Finding other) {
    double sum = 0;
    for (Map.Entry<Condition, Double> entry : conditions.entrySet()) {
      Condition condition = entry.getKey();
      if (condition != ISOLATED) {
        sum += entry.getValue() * condition.probability(one) * condition.probability(other);
      }
    }
    return sum;
  }
}
