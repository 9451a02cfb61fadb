package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Cardiomegaly;
import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Lobe;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a patient: no lesion, one, or two that go together.
 *
 * @param lesions none for a normal chest; at most one of each kind
 */
record Pathology(List<Lesion> lesions) {
  private static final double NORMAL_SHARE = 0.25;
  private static final double TWO_LESIONS_SHARE = 0.14; // of the abnormal: about a tenth of all
  private static final List<Finding> ABNORMAL =
      List.of(
          Finding.CARDIOMEGALY,
          Finding.PLEURAL_EFFUSION,
          Finding.PNEUMOTHORAX,
          Finding.CONSOLIDATION,
          Finding.EDEMA,
          Finding.ATELECTASIS);

  Pathology {
    lesions = List.copyOf(lesions);
  }

  /**
   * Draws the pathology of {@code seed}: by the prior, or evenly among {@code allowed} when that is
   * not empty.
   */
  static Pathology of(long seed, Set<Finding> allowed) {
    Draw draw = Draw.of(seed, Draw.Purpose.FINDINGS);
    Finding first = first(draw, allowed);
    if (first == Finding.NORMAL) {
      return new Pathology(List.of());
    }
    List<Lesion> lesions = new ArrayList<>();
    Lesion lesion = lesion(first, draw);
    lesions.add(lesion);
    Finding second = second(first, draw);
    if (second != null && (allowed.isEmpty() || allowed.contains(second))) {
      lesions.add(companion(second, lesion.side(), draw));
    }
    return new Pathology(lesions);
  }

  private static Finding first(Draw draw, Set<Finding> allowed) {
    if (!allowed.isEmpty()) {
      List<Finding> choices = new ArrayList<>(allowed);
      choices.sort(null);
      return draw.pick(choices);
    }
    return draw.chance(NORMAL_SHARE) ? Finding.NORMAL : draw.pick(ABNORMAL);
  }

  private static @Nullable Finding second(Finding first, Draw draw) {
    boolean two = draw.chance(TWO_LESIONS_SHARE);
    boolean coin = draw.chance(0.5);
    if (!two) {
      return null;
    }
    return switch (first) {
      case CARDIOMEGALY -> coin ? Finding.PLEURAL_EFFUSION : Finding.EDEMA;
      case EDEMA -> coin ? Finding.PLEURAL_EFFUSION : Finding.CARDIOMEGALY;
      case PLEURAL_EFFUSION -> coin ? Finding.CARDIOMEGALY : Finding.CONSOLIDATION;
      case CONSOLIDATION, ATELECTASIS -> Finding.PLEURAL_EFFUSION;
      case PNEUMOTHORAX -> Finding.CARDIOMEGALY;
      case NORMAL, PNEUMONIA, RIB_FRACTURE -> null;
    };
  }

  private static Lesion lesion(Finding finding, Draw draw) {
    Severity severity = severity(draw);
    Side side = draw.chance(0.5) ? Side.RIGHT : Side.LEFT;
    boolean both = draw.chance(0.18);
    return switch (finding) {
      case NORMAL, PNEUMONIA, RIB_FRACTURE ->
          throw new IllegalArgumentException("finding: normal (expected: an abnormality)");
      case CARDIOMEGALY -> new Cardiomegaly(severity);
      case PLEURAL_EFFUSION -> new Effusion(severity, both ? Side.BILATERAL : side);
      case PNEUMOTHORAX -> new Pneumothorax(severity, side);
      case CONSOLIDATION -> new Consolidation(severity, side, lobe(side, draw));
      case EDEMA -> new Edema(severity);
      case ATELECTASIS ->
          new Atelectasis(severity, both && severity != Severity.LARGE ? Side.BILATERAL : side);
    };
  }

  private static Lesion companion(Finding finding, Side beside, Draw draw) {
    Severity severity = draw.chance(0.5) ? Severity.SMALL : Severity.MODERATE;
    Side side = beside != Side.BILATERAL ? beside : draw.chance(0.6) ? Side.RIGHT : Side.BILATERAL;
    return switch (finding) {
      case PLEURAL_EFFUSION -> new Effusion(severity, side);
      case CONSOLIDATION -> {
        Side one = side == Side.BILATERAL ? Side.RIGHT : side;
        yield new Consolidation(Severity.MODERATE, one, Lobe.UPPER); // above the fluid
      }
      case CARDIOMEGALY -> new Cardiomegaly(severity);
      case EDEMA -> new Edema(severity);
      case NORMAL, PNEUMOTHORAX, ATELECTASIS, PNEUMONIA, RIB_FRACTURE ->
          throw new IllegalArgumentException(
              "finding: " + finding.wireName() + " (expected: one that accompanies others)");
    };
  }

  private static Severity severity(Draw draw) {
    double u = draw.unit();
    return u < 0.27 ? Severity.SMALL : u < 0.65 ? Severity.MODERATE : Severity.LARGE;
  }

  private static Lobe lobe(Side side, Draw draw) {
    double u = draw.unit();
    if (u < 0.3) {
      return Lobe.UPPER;
    }
    if (u < 0.5) {
      return side == Side.RIGHT ? Lobe.MIDDLE : Lobe.LINGULA;
    }
    return Lobe.LOWER;
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

  /** Returns the labels, {@link Finding#NORMAL} alone when there is no lesion. */
  List<Finding> findings() {
    return lesions.isEmpty()
        ? List.of(Finding.NORMAL)
        : lesions.stream().map(Lesion::finding).toList();
  }
}
