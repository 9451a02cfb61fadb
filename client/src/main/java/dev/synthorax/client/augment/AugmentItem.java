package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.transform.ImageAugmentation;
import dev.synthorax.client.transform.TransformDraw;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One image to make.
 *
 * @param arm whose it is
 * @param position in the arm, from 1
 * @param seed of all that is drawn for it
 * @param parent the training image that it is made from; null: none
 * @param prompt empty: none
 * @param labels what the prompt says; empty: what its masks or its parent say
 */
record AugmentItem(
    Arm arm,
    int position,
    long seed,
    @Nullable DatasetImage parent,
    String prompt,
    Map<String, Label> labels) {
  AugmentItem {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** Returns its name: unique in the plan, and in order of arm and position. */
  String id() {
    return id(arm, position);
  }

  static String id(Arm arm, int position) {
    return String.format(Locale.ROOT, "%s-%06d", arm.name(), position);
  }

  /** Returns a builder of the item's manifest line. */
  AugmentEntry.Builder entry() {
    return new AugmentEntry.Builder(id(), arm.name(), arm.kind().wireName());
  }

  /**
   * Reads its parent.
   *
   * @throws UnmadeException if that fails
   */
  Sample load(DatasetImage image) throws UnmadeException {
    try {
      return image.load();
    } catch (IOException e) {
      throw new UnmadeException(UnmadeException.Why.UNREADABLE, id() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns what a dataset says of the finished image. The second check that nothing is made from
   * images kept for reporting is here.
   *
   * @param width of the image, in pixels
   * @param height of the image, in pixels
   */
  ImageInfo info(AugmentEntry entry, int width, int height) {
    if (parent != null) {
      TransformDraw.requireTraining(parent.info());
    }
    if (arm.kind() == ArmKind.CLASSICAL && parent != null && entry.transform() != null) {
      ImageInfo info =
          ImageAugmentation.ofParameters(entry.transform()).info(parent.info(), width, height);
      return info.toBuilder().id(id()).attribute(Splits.PARENT, info.id()).build();
    }
    ImageInfo.Builder info =
        ImageInfo.builder(id())
            .split(Split.TRAIN)
            .labels(entry.labelValues())
            .text(entry.prompt() == null ? "" : entry.prompt())
            .attribute(Splits.SYNTHETIC, true);
    if (entry.seed() != null) {
      info.seed(entry.seed().longValue());
    }
    if (parent != null) { // its anatomy: whoever divides by patient keeps them together
      info.patientId(parent.info().patientId()).attribute(Splits.PARENT, parent.info().id());
    }
    return info.build();
  }
}
