package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;

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

  /** Airspace opacity of one lobe; always on one side. */
  record Consolidation(Severity severity, Side side, Lobe lobe) implements Lesion {
    @Override
    public Finding finding() {
      return Finding.CONSOLIDATION;
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

  /** The lobes a consolidation may fill. */
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
