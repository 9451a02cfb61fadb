package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Cardiomegaly;
import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Focus;
import dev.synthorax.client.phantom.Lesion.Lobe;
import dev.synthorax.client.phantom.Lesion.Pneumonia;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import dev.synthorax.client.phantom.Lesion.RibFracture;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a patient on the day of the film.
 *
 * @param lesions none for a normal chest; at most one of each kind, in the order of {@link Finding}
 * @param drain the chest tube, if there is one
 */
record Pathology(List<Lesion> lesions, @Nullable Drain drain) {
  static final Pathology NONE = new Pathology(List.of(), null);

  Pathology {
    lesions = List.copyOf(lesions);
  }

  /**
   * Draws the pathology of {@code seed}: by its site's prior, or exactly one of {@code allowed},
   * evenly, when that is not empty.
   */
  static Pathology of(long seed, Set<Finding> allowed, PhantomKnobs knobs) {
    SitePrior prior = Site.of(seed).prior();
    Draw draw = Draw.of(seed, Draw.Purpose.FINDINGS);
    Condition condition = prior.condition(draw);
    Set<Finding> present = condition.draw(draw);
    if (!allowed.isEmpty()) {
      condition = Condition.ISOLATED;
      present = EnumSet.of(draw.pick(allowed.stream().sorted().toList()));
      present.remove(Finding.NORMAL);
    }
    List<Lesion> lesions = new ArrayList<>();
    Side ill = draw.chance(0.5) ? Side.RIGHT : Side.LEFT; // what goes together lies together
    for (Finding finding : present) {
      lesions.add(
          lesion(
              finding, condition, ill, present, Draw.of(draw.nextLong(), Draw.Purpose.FINDINGS)));
    }
    Double asked = knobs.tubeGivenPneumothorax();
    double tube = asked != null ? asked : prior.practice().tubeGivenPneumothorax();
    return new Pathology(
        lesions, drain(lesions, tube, prior.practice(), Draw.of(seed, Draw.Purpose.TUBE)));
  }

  private static Lesion lesion(
      Finding finding, Condition condition, Side ill, Set<Finding> present, Draw draw) {
    Severity severity = severity(draw, present.size() > 1);
    boolean both = draw.chance(bilateralShare(condition));
    Side side = both ? Side.BILATERAL : ill;
    return switch (finding) {
      case NORMAL ->
          throw new IllegalArgumentException("finding: normal (expected: an abnormality)");
      case CARDIOMEGALY -> new Cardiomegaly(severity);
      case PLEURAL_EFFUSION ->
          new Effusion(
              beside(severity, present, Finding.PNEUMOTHORAX), effusionSide(side, condition, draw));
      case PNEUMOTHORAX -> new Pneumothorax(severity, ill);
      case CONSOLIDATION -> new Consolidation(severity, ill, lobe(ill, present, draw));
      case PNEUMONIA -> new Pneumonia(severity, foci(ill, present, draw));
      case EDEMA -> new Edema(severity);
      case ATELECTASIS ->
          new Atelectasis(
              beside(severity, present, Finding.PLEURAL_EFFUSION),
              severity == Severity.LARGE ? ill : side);
      case RIB_FRACTURE -> new RibFracture(severity, ill, ribs(severity, draw));
    };
  }

  private static double bilateralShare(Condition condition) {
    return switch (condition) {
      case HEART_FAILURE -> 0.6;
      case INTENSIVE_CARE -> 0.4;
      case HEALTHY, ISOLATED -> 0.18;
      case LUNG_INFECTION, AIRSPACE_DISEASE -> 0.1;
      case CHEST_TRAUMA, AIR_LEAK -> 0;
    };
  }

  /** A large lesion would hide the other, or is hidden by it. */
  private static Severity beside(Severity severity, Set<Finding> present, Finding other) {
    return severity == Severity.LARGE && present.contains(other) ? Severity.MODERATE : severity;
  }

  /** One-sided fluid without a local cause is more often on the right. */
  private static Side effusionSide(Side side, Condition condition, Draw draw) {
    boolean central = condition == Condition.HEART_FAILURE || condition == Condition.INTENSIVE_CARE;
    return central && side == Side.LEFT && draw.chance(0.4) ? Side.RIGHT : side;
  }

  private static Severity severity(Draw draw, boolean several) {
    double u = draw.unit();
    double small = several ? 0.36 : 0.27;
    return u < small ? Severity.SMALL : u < small + 0.38 ? Severity.MODERATE : Severity.LARGE;
  }

  private static Lobe lobe(Side side, Set<Finding> present, Draw draw) {
    double u = draw.unit();
    if (present.contains(Finding.PLEURAL_EFFUSION)) {
      u *= 0.5; // above the fluid, or nobody would see it
    }
    if (u < 0.3) {
      return Lobe.UPPER;
    }
    if (u < 0.5) {
      return side == Side.RIGHT ? Lobe.MIDDLE : Lobe.LINGULA;
    }
    return Lobe.LOWER;
  }

  /** One focus, or two on both sides, seldom three: as the boxes of RSNA's positives are. */
  private static List<Focus> foci(Side ill, Set<Finding> present, Draw draw) {
    double u = draw.unit();
    Lobe first = lobe(ill, present, draw);
    Lobe second = lobe(ill.other(), present, draw);
    List<Focus> foci = new ArrayList<>();
    foci.add(new Focus(ill, first));
    if (u < 0.55) {
      foci.add(new Focus(ill.other(), second));
    }
    if (u < 0.022) {
      foci.add(new Focus(ill, first == Lobe.LOWER ? Lobe.UPPER : Lobe.LOWER));
    }
    return foci;
  }

  private static List<Integer> ribs(Severity severity, Draw draw) {
    int count =
        switch (severity) {
          case SMALL -> 1;
          case MODERATE -> 1 + draw.below(2);
          case LARGE -> 3 + draw.below(2);
        };
    int first = 4 + draw.below(7 - count);
    List<Integer> ribs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ribs.add(first + i);
    }
    return ribs;
  }

  private static @Nullable Drain drain(
      List<Lesion> lesions, double tube, SitePrior.Practice practice, Draw draw) {
    double u = draw.unit();
    int french = 20 + 4 * draw.below(5);
    boolean right = draw.chance(0.5);
    Lesion air = null;
    Lesion fluid = null;
    for (Lesion lesion : lesions) {
      air = lesion instanceof Pneumothorax ? lesion : air;
      fluid = lesion instanceof Effusion && lesion.severity() != Severity.SMALL ? lesion : fluid;
    }
    if (air != null) {
      return u < tube ? new Drain(air.side(), true, french) : null;
    }
    if (fluid != null && u < practice.tubeGivenEffusion()) {
      Side side = fluid.side() != Side.BILATERAL ? fluid.side() : right ? Side.RIGHT : Side.LEFT;
      return new Drain(side, false, french);
    }
    return null;
  }

  /** Returns the lesion of kind {@code type} if there is one. */
  <T extends Lesion> @Nullable T find(Class<T> type) {
    for (Lesion lesion : lesions) {
      if (type.isInstance(lesion)) {
        return type.cast(lesion);
      }
    }
    return null;
  }

  /** Returns the findings, {@link Finding#NORMAL} alone when there is no lesion. */
  List<Finding> findings() {
    return lesions.isEmpty()
        ? List.of(Finding.NORMAL)
        : lesions.stream().map(Lesion::finding).toList();
  }
}
