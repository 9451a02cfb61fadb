package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is read.
 *
 * @param maxSidePixels larger images are refused before they are decoded, >= 1
 * @param cheXmask a CheXmask table ({@code .csv} or {@code .csv.gz}) with lungs and heart for
 *     formats without; null: the one beside the dataset, if there is one
 * @param minRcaMean masks of CheXmask whose mean estimated Dice is lower are not used, 0..1
 * @param labeler the automatic labeler whose table MIMIC-CXR-JPG is read from
 */
public record ReadOptions(
    int maxSidePixels, @Nullable Path cheXmask, double minRcaMean, Labeler labeler) {
  /** Images up to 8192 pixels a side, the CheXmask filter of its authors, CheXpert's labels. */
  public static final ReadOptions DEFAULT = new ReadOptions(8192, null, 0.7, Labeler.CHEXPERT);

  /** The labelers that MIMIC-CXR-JPG was run through. */
  public enum Labeler {
    /** The CheXpert labeler. */
    CHEXPERT("chexpert"),
    /** NegBio. */
    NEGBIO("negbio");

    private final String wireName;

    Labeler(String wireName) {
      this.wireName = wireName;
    }

    /** Returns the name as it stands in file names: {@code chexpert} or {@code negbio}. */
    public String wireName() {
      return wireName;
    }
  }

  /** Checks the ranges. */
  public ReadOptions {
    requireNonNull(labeler, "labeler");
    if (maxSidePixels < 1) {
      throw new IllegalArgumentException("maxSidePixels: " + maxSidePixels + " (expected: >= 1)");
    }
    if (!(minRcaMean >= 0 && minRcaMean <= 1)) {
      throw new IllegalArgumentException("minRcaMean: " + minRcaMean + " (expected: 0..1)");
    }
  }

  /** Returns these options with another limit on image sides. */
  public ReadOptions withMaxSidePixels(int value) {
    return new ReadOptions(value, cheXmask, minRcaMean, labeler);
  }

  /** Returns these options with a CheXmask table. */
  public ReadOptions withCheXmask(Path value) {
    return new ReadOptions(maxSidePixels, value, minRcaMean, labeler);
  }

  /** Returns these options with another CheXmask filter; 0 keeps every mask. */
  public ReadOptions withMinRcaMean(double value) {
    return new ReadOptions(maxSidePixels, cheXmask, value, labeler);
  }

  /** Returns these options with another labeler of MIMIC-CXR-JPG. */
  public ReadOptions withLabeler(Labeler value) {
    return new ReadOptions(maxSidePixels, cheXmask, minRcaMean, value);
  }
}
