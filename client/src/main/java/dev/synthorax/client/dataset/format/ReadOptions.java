package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is read. What a format does not use is refused: {@link
 * DatasetFormat#requireUsable}.
 *
 * @param maxSidePixels larger images are refused before they are decoded, >= 1
 * @param cheXmask a CheXmask table ({@code .csv} or {@code .csv.gz}) with lungs and heart for
 *     formats without; null: the one beside the dataset, if there is one
 * @param minRcaMean masks of CheXmask whose mean estimated Dice is lower are not used, 0..1
 * @param labeler the automatic labeler whose table MIMIC-CXR-JPG is read from
 * @param skipMissing whether images are left out whose files are not there; they are counted among
 *     the warnings of the dataset
 * @param oddities is told what is odd in images when they are loaded, from any thread
 */
public record ReadOptions(
    int maxSidePixels,
    @Nullable Path cheXmask,
    double minRcaMean,
    Labeler labeler,
    boolean skipMissing,
    Oddities oddities) {
  /**
   * Images up to 8192 pixels a side, the CheXmask filter of its authors, CheXpert's labels; missing
   * images stay, nobody is told of oddities.
   */
  public static final ReadOptions DEFAULT =
      new ReadOptions(8192, null, 0.7, Labeler.CHEXPERT, false, (kind, line) -> {});

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

  /** Is told what is odd but not wrong in an image; any thread calls it. */
  @FunctionalInterface
  public interface Oddities {
    /**
     * Takes one line.
     *
     * @param kind what others like it are counted as: {@code boxes beyond the image}
     * @param line what is odd, with file, row and value
     */
    void add(String kind, String line);
  }

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if no side is allowed, or the mean is not 0 to 1
   */
  public ReadOptions {
    requireNonNull(labeler, "labeler");
    requireNonNull(oddities, "oddities");
    if (maxSidePixels < 1) {
      throw new IllegalArgumentException("maxSidePixels: " + maxSidePixels + " (expected: >= 1)");
    }
    if (!(minRcaMean >= 0 && minRcaMean <= 1)) {
      throw new IllegalArgumentException("minRcaMean: " + minRcaMean + " (expected: 0..1)");
    }
  }

  /** Returns these options with another limit on image sides. */
  public ReadOptions withMaxSidePixels(int value) {
    return new ReadOptions(value, cheXmask, minRcaMean, labeler, skipMissing, oddities);
  }

  /** Returns these options with a CheXmask table. */
  public ReadOptions withCheXmask(Path value) {
    return new ReadOptions(maxSidePixels, value, minRcaMean, labeler, skipMissing, oddities);
  }

  /** Returns these options with another labeler of MIMIC-CXR-JPG. */
  public ReadOptions withLabeler(Labeler value) {
    return new ReadOptions(maxSidePixels, cheXmask, minRcaMean, value, skipMissing, oddities);
  }

  /** Returns these options, missing images left out or not. */
  public ReadOptions withSkipMissing(boolean value) {
    return new ReadOptions(maxSidePixels, cheXmask, minRcaMean, labeler, value, oddities);
  }

  /** Returns these options with somebody to tell of oddities, for example {@link Warnings}. */
  public ReadOptions withOddities(Oddities value) {
    return new ReadOptions(maxSidePixels, cheXmask, minRcaMean, labeler, skipMissing, value);
  }
}
