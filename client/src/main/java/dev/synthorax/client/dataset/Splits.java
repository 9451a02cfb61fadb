package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Divides images into train, validation and test, patient by patient, and checks that a division
 * leaks nothing.
 *
 * <p>Where a patient goes depends on the seed and the patient's id alone: not on the order of the
 * table, nor on who else is in it. Synthetic images are for training only and stay with what they
 * were made from.
 */
public final class Splits {
  /** Attribute of an image that no patient ever gave: {@code true}. */
  public static final String SYNTHETIC = "synthetic";

  /** Attribute of a synthetic image: the id of the image that it was made from, if any. */
  public static final String PARENT = "parent";

  private Splits() {}

  /**
   * How much of the patients goes where, on average.
   *
   * @param train 0..1
   * @param validation 0..1
   * @param test 0..1; the three add up to 1
   */
  public record Shares(double train, double validation, double test) {
    private static final double TOLERANCE = 1e-9;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if a share is negative, or their sum is not 1
     */
    public Shares {
      if (!(train >= 0 && validation >= 0 && test >= 0)
          || Math.abs(train + validation + test - 1) > TOLERANCE) {
        throw new IllegalArgumentException(
            "shares: "
                + train
                + ", "
                + validation
                + ", "
                + test
                + " (expected: train, validation, test, each >= 0, sum 1)");
      }
    }
  }

  /** What becomes of the splits that images have already. */
  public enum Own {
    /** A patient with a split keeps it; the others are divided. */
    KEEP,
    /** Every patient is divided anew. */
    REPLACE
  }

  /** Divides {@code images}, keeping the splits that patients have: {@link Own#KEEP}. */
  public static List<DatasetImage> byPatient(List<DatasetImage> images, long seed, Shares shares) {
    return byPatient(images, seed, shares, Own.KEEP);
  }

  /**
   * Gives every image a split.
   *
   * @param images any; their order is kept
   * @param seed another seed is another division
   * @return the images, each with a split; {@link #requireDisjoint} holds
   * @throws IllegalArgumentException if a patient has two splits already, or a synthetic image was
   *     made from one that is not in train: images are divided before others are made from them
   */
  public static List<DatasetImage> byPatient(
      List<DatasetImage> images, long seed, Shares shares, Own own) {
    requireNonNull(images, "images");
    requireNonNull(shares, "shares");
    requireNonNull(own, "own");
    Map<String, Split> patients = own == Own.KEEP ? patients(images) : new HashMap<>();
    for (DatasetImage image : images) {
      ImageInfo info = image.info();
      if (!isSynthetic(info)) {
        patients.computeIfAbsent(info.patientId(), patient -> split(patient, seed, shares));
      }
    }
    List<DatasetImage> divided = new ArrayList<>(images.size());
    for (DatasetImage image : images) {
      ImageInfo info = image.info();
      Split split = patients.getOrDefault(info.patientId(), Split.TRAIN);
      divided.add(image.withInfo(info.toBuilder().split(split).build()));
    }
    requireDisjoint(divided);
    return divided;
  }

  /** Returns the split of one patient: a number in [0, 1) drawn from seed and id decides. */
  public static Split split(String patientId, long seed, Shares shares) {
    double draw = (hash(patientId, seed) >>> 11) * 0x1p-53;
    if (draw < shares.train()) {
      return Split.TRAIN;
    }
    return draw < shares.train() + shares.validation() || shares.test() == 0
        ? Split.VALIDATION
        : Split.TEST;
  }

  /**
   * Returns the fold, {@code 0..folds-1}, of one patient in a cross-validation.
   *
   * @param folds >= 2
   */
  public static int fold(String patientId, long seed, int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds: " + folds + " (expected: >= 2)");
    }
    return (int) Long.remainderUnsigned(hash(patientId, seed), folds);
  }

  /** FNV-1a over the id in UTF-8, then the finalizer of SplitMix64 on it and the seed. */
  private static long hash(String patientId, long seed) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : patientId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return mix(hash ^ mix(seed + 0x9e3779b97f4a7c15L));
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /** Returns whether {@code info} says that the image is synthetic. */
  public static boolean isSynthetic(ImageInfo info) {
    return Boolean.TRUE.equals(info.attributes().get(SYNTHETIC));
  }

  /** Returns the id of the image that {@code info} was made from, or null. */
  public static @Nullable String parent(ImageInfo info) {
    return info.attributes().get(PARENT) instanceof String parent ? parent : null;
  }

  /**
   * Checks that nothing leaks: no patient is in two splits, no synthetic image is in validation or
   * test, none was made from an image there. Images without a split are left out.
   *
   * @throws IllegalArgumentException if something does; the message names the patient and both
   *     splits, or the image and its parent
   */
  public static void requireDisjoint(List<DatasetImage> images) {
    requireNonNull(images, "images");
    patients(images);
    Map<String, Split> splits = new HashMap<>();
    for (DatasetImage image : images) {
      ImageInfo info = image.info();
      Split split = info.split();
      if (split != null) {
        splits.put(info.id(), split);
      }
    }
    for (DatasetImage image : images) {
      if (isSynthetic(image.info())) {
        requireTrain(image.info(), splits);
      }
    }
  }

  private static void requireTrain(ImageInfo info, Map<String, Split> splits) {
    String parent = parent(info);
    Split ofParent = parent == null ? null : splits.get(parent);
    if (ofParent != null && ofParent != Split.TRAIN) {
      throw new IllegalArgumentException(
          "image '"
              + info.id()
              + "' was made from '"
              + parent
              + "', which is in "
              + ofParent.wireName()
              + " (expected: made from images in train; divide before you make others)");
    }
    Split split = info.split();
    if (split != null && split != Split.TRAIN) {
      throw new IllegalArgumentException(
          "image '"
              + info.id()
              + "' of patient '"
              + info.patientId()
              + "' is synthetic and in "
              + split.wireName()
              + " (expected: synthetic images in train only)");
    }
  }

  /** The split of every patient that has one. */
  private static Map<String, Split> patients(List<DatasetImage> images) {
    Map<String, String> first = new HashMap<>(); // an image of each patient
    Map<String, Split> splits = new HashMap<>();
    for (DatasetImage image : images) {
      ImageInfo info = image.info();
      Split split = info.split();
      if (split == null) {
        continue;
      }
      Split before = splits.putIfAbsent(info.patientId(), split);
      String other = first.putIfAbsent(info.patientId(), info.id());
      if (before != null && before != split) {
        throw new IllegalArgumentException(
            "patient '"
                + info.patientId()
                + "' is in "
                + before.wireName()
                + " (image '"
                + other
                + "') and in "
                + split.wireName()
                + " (image '"
                + info.id()
                + "') (expected: one split a patient)");
      }
    }
    return splits;
  }
}
