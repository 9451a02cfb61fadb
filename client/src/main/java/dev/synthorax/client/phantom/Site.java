package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;

/**
 * A made-up hospital: who comes, what they have, how they are X-rayed and how the film looks.
 *
 * <p>The site of a phantom follows from its seed alone: site number {@code n} (A is 0) owns the
 * seeds from {@code n * 10,000,000} on, the first 2,000,000 for training, the next million for
 * tests and the next for validation. Site A trains generators; B to E stand in for public datasets
 * and are what a gain is measured on, so that it is not the generator's own phantom world given
 * back.
 *
 * <p>Some seeds show the same patient again, with other findings on another day. Blocks of eight
 * seeds, aligned, share no patient with one another, so no patient is in two splits or sites; see
 * {@link #patient}.
 */
public enum Site {
  /** Trains generators: all findings about alike, erect films, one film a patient. */
  A(0, "trains generators; findings about alike, mostly PA"),
  /** Stands for CheXpert: a hospital's inpatients, mostly portable films, many films a patient. */
  B(1, "CheXpert-like: inpatients, several findings at once, mostly AP"),
  /** Stands for CANDID-PTX: pneumothorax in one of six, rib fractures, chest tubes. */
  C(2, "CANDID-PTX-like: pneumothorax, rib fractures and chest tubes"),
  /** Stands for SIIM-ACR: pneumothorax in more than one of five, many with tubes. */
  D(3, "SIIM-like: pneumothorax against other disease"),
  /** Stands for RSNA Pneumonia: pneumonia with boxes in more than one of five. */
  E(4, "RSNA-like: pneumonia with boxes, half of the films AP");

  private static final long SEEDS = 10_000_000;
  private static final long TEST = 2_000_000;
  private static final long VALIDATION = 3_000_000;
  private static final long END = 4_000_000;
  private static final int BLOCK = 8; // divides the bounds above
  private static final String EXPECTED =
      "a seed of a site: A 0..3999999, B 10000000..13999999, C 20000000..23999999,"
          + " D 30000000..33999999 or E 40000000..43999999";

  private final long number;
  private final String purpose;

  Site(long number, String purpose) {
    this.number = number;
    this.purpose = purpose;
  }

  /** Returns what the site is for, in half a line. */
  public String purpose() {
    return purpose;
  }

  /** Returns the first seed of the site's range for {@code split}. */
  public long first(Split split) {
    return number * SEEDS
        + switch (requireNonNull(split, "split")) {
          case TRAIN -> 0;
          case TEST -> TEST;
          case VALIDATION -> VALIDATION;
        };
  }

  /** Returns the last seed of the site's range for {@code split}, itself included. */
  public long last(Split split) {
    return number * SEEDS
        - 1
        + switch (requireNonNull(split, "split")) {
          case TRAIN -> TEST;
          case TEST -> VALIDATION;
          case VALIDATION -> END;
        };
  }

  /**
   * Returns the site that {@code seed} belongs to.
   *
   * @throws IllegalArgumentException if it belongs to none
   */
  public static Site of(long seed) {
    if (seed < 0) {
      throw new IllegalArgumentException("seed: " + seed + " (expected: >= 0)");
    }
    for (Site site : values()) {
      if (site.number == seed / SEEDS && seed % SEEDS < END) {
        return site;
      }
    }
    throw new IllegalArgumentException("seed: " + seed + " (expected: " + EXPECTED + ")");
  }

  /**
   * Returns the split that {@code seed} belongs to.
   *
   * @throws IllegalArgumentException if it belongs to no site
   */
  public static Split split(long seed) {
    long offset = seed - of(seed).first(Split.TRAIN);
    return offset < TEST ? Split.TRAIN : offset < VALIDATION ? Split.TEST : Split.VALIDATION;
  }

  /**
   * Returns the patient of {@code seed}, named by the first seed that shows him or her: the nearest
   * seed at or below, in the same block of eight, that opens a new patient. The first of a block
   * always does, any other with the site's probability ({@link #newPatientShare}).
   *
   * @throws IllegalArgumentException if the seed belongs to no site
   */
  public static long patient(long seed) {
    double share = of(seed).newPatientShare();
    long patient = seed;
    while (patient % BLOCK != 0 && !Draw.of(patient, Draw.Purpose.PATIENT).chance(share)) {
      patient--;
    }
    return patient;
  }

  /** Returns the probability that the next seed is another patient: 1 means one film a patient. */
  public double newPatientShare() {
    return prior().population().newPatientShare();
  }

  /** Returns the exact share of the site's films that show {@code finding}. */
  public double prevalence(Finding finding) {
    return prior().prevalence(requireNonNull(finding, "finding"));
  }

  SitePrior prior() {
    return SitePrior.of(this);
  }
}
