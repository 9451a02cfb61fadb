package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.dicom.DicomUid;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the formats of DICOM files cannot hold, and refuse. One thread. */
final class DicomLosses {
  private final String format;
  private final FormatLosses losses;
  private final Set<String> told = new HashSet<>();

  DicomLosses(String format, FormatLosses losses) {
    this.format = format;
    this.losses = losses;
  }

  /**
   * Reports splits, attributes, and ages that a file cannot hold; that an image is synthetic is
   * held.
   */
  void dropAlways(Sample sample) {
    Set<String> held = Set.of(Splits.SYNTHETIC, DicomFiles.SYNTHETIC_DATA);
    Set<Part> parts = EnumSet.of(Part.SPLIT);
    if (!held.containsAll(sample.info().attributes().keySet())) {
      parts.add(Part.ATTRIBUTES);
    }
    losses.drop(sample, parts);
    if (!DicomFiles.holdsAge(sample.info())) {
      losses.change(sample, "ages outside 0..999 are dropped: not recorded");
    }
  }

  void dropText(Sample sample) {
    losses.drop(sample, EnumSet.of(Part.TEXT));
  }

  void dropBoxes(Sample sample) {
    losses.drop(sample, EnumSet.of(Part.BOXES));
  }

  void dropLabelsBut(Sample sample, Set<String> held) {
    drop(sample, "labels ", sample.info().labels().keySet().stream(), held);
  }

  void dropMasksBut(Sample sample, Set<Structure> held) {
    drop(
        sample,
        "masks of ",
        sample.masks().keySet().stream().map(Structure::wireName),
        held.stream().map(Structure::wireName).collect(Collectors.toSet()));
  }

  /** Reports those of {@code names} that are not held and are new, in one line. */
  private void drop(Sample sample, String kind, Stream<String> names, Set<String> held) {
    String dropped =
        names
            .filter(name -> !held.contains(name) && told.add(kind + name))
            .collect(Collectors.joining(", "));
    if (!dropped.isEmpty()) {
      losses.drop(sample, kind + dropped);
    }
  }

  /** Reports patients that are not named after their only image. */
  void reportOwnPatients(Sample sample) {
    if (!sample.info().patientId().equals(sample.id())) {
      losses.change(sample, "every image becomes a patient of its own");
    }
  }

  /** Returns the names of the image's file, and reports new ones. */
  DicomFiles.Uids uids(Sample sample) {
    DicomFiles.Uids uids = DicomFiles.Uids.of(sample);
    if (!DicomUid.isUid(sample.id()) || !DicomUid.isUid(sample.info().studyId())) {
      losses.change(sample, "images and studies get DICOM identifiers; their ids do not come back");
    }
    return uids;
  }

  void drop(Sample sample, String what) {
    losses.drop(sample, what);
  }

  void change(Sample sample, String what) {
    losses.change(sample, what);
  }

  void reportUnmentioned(Sample sample, String label) {
    if (sample.info().label(label) == null) {
      losses.change(sample, "images where " + label + " is not mentioned become negative");
    }
  }

  /** Refuses a label that is uncertain. */
  void requireCertain(Sample sample, String label) {
    if (sample.info().label(label) == Label.UNCERTAIN) {
      throw new IllegalArgumentException(
          "sample '"
              + sample.id()
              + "': "
              + label
              + " is uncertain (expected for "
              + format
              + ": positive or negative; apply a policy first)");
    }
  }

  /**
   * Returns the mask to write: an empty one where the label is negative; null where there is none.
   *
   * @throws IllegalArgumentException if the label is uncertain, or is positive and nobody outlined
   *     the structure
   */
  @Nullable BinaryMask mask(Sample sample, Structure structure, String label) {
    requireCertain(sample, label);
    ImageInfo info = sample.info();
    BinaryMask mask = sample.masks().get(structure);
    if (mask == null) {
      if (info.has(label)) {
        throw new IllegalArgumentException(
            "sample '"
                + sample.id()
                + "': "
                + label
                + " without a mask (expected for "
                + format
                + ": a mask of "
                + structure.wireName()
                + " for every positive image)");
      }
      return null;
    }
    if (info.label(label) == Label.NEGATIVE && mask.area() > 0) {
      losses.change(
          sample, "masks of " + structure.wireName() + " are dropped where the label is negative");
      return BinaryMask.empty(mask.width(), mask.height());
    }
    if (info.has(label) && mask.area() == 0) {
      losses.change(
          sample,
          "positive images with an empty mask of " + structure.wireName() + " become negative");
    }
    return mask;
  }
}
