package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;
import java.util.List;

/** One abnormality of a patient: what, where and how much. */
sealed interface Lesion {
  Finding finding();

  Severity severity();

  Side side();

  /** Enlarged heart; the ratio itself follows from the severity and the patient. */
  record Cardiomegaly(Severity severity) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.CARDIOMEGALY;
    }

    @Override
    public Side side() {
      return Side.BILATERAL;
    }
  }

  /** Free pleural fluid. */
  record Effusion(Severity severity, Side side) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.PLEURAL_EFFUSION;
    }
  }

  /** Pleural air; always on one side. */
  record Pneumothorax(Severity severity, Side side) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.PNEUMOTHORAX;
    }
  }

  /** A part of the lung that airspace opacity fills. */
  record Focus(Side side, Lobe lobe) {}

  /** Airspace opacity. */
  sealed interface Airspace extends Lesion {
    /** Where it is, most important first. */
    List<Focus> foci();
  }

  /** Airspace opacity of one lobe that is no infection; always on one side. */
  record Consolidation(Severity severity, Side side, Lobe lobe) implements Airspace {
    @Override
    public Finding finding() {
      return Finding.CONSOLIDATION;
    }

    @Override
    public List<Focus> foci() {
      return List.of(new Focus(side, lobe));
    }
  }

  /** Infection of one to three lobes. */
  record Pneumonia(Severity severity, List<Focus> foci) implements Airspace {
    public Pneumonia {
      foci = List.copyOf(foci);
      if (foci.isEmpty()) {
        throw new IllegalArgumentException("pneumonia without a focus (expected: one or more)");
      }
    }

    @Override
    public Finding finding() {
      return Finding.PNEUMONIA;
    }

    @Override
    public Side side() {
      Side first = foci.get(0).side();
      return foci.stream().allMatch(f -> f.side() == first) ? first : Side.BILATERAL;
    }
  }

  /** Pulmonary edema, both lungs. */
  record Edema(Severity severity) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.EDEMA;
    }

    @Override
    public Side side() {
      return Side.BILATERAL;
    }
  }

  /** Volume loss at a base: bands, or at {@link Severity#LARGE} a collapsed lower lobe. */
  record Atelectasis(Severity severity, Side side) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.ATELECTASIS;
    }
  }

  /**
   * Broken ribs: a hairline at {@link Severity#SMALL}, a step at {@code MODERATE}, several
   * displaced ones at {@code LARGE}.
   *
   * @param ribs their numbers, 4..9, from above
   */
  record RibFracture(Severity severity, Side side, List<Integer> ribs) implements Lesion {
    public RibFracture {
      ribs = List.copyOf(ribs);
    }

    @Override
    public Finding finding() {
      return Finding.RIB_FRACTURE;
    }
  }

  /** The lobes that airspace opacity may fill. */
  enum Lobe {
    UPPER("upper lobe"),
    MIDDLE("middle lobe"),
    LINGULA("lingula"),
    LOWER("lower lobe");

    private final String word;

    Lobe(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
