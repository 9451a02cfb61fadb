package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.transform.Mirror;
import dev.synthorax.client.transform.SeedStream;
import dev.synthorax.client.transform.TransformDraw;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a generated image is made from, beside its seed.
 *
 * @param masks of the image's size, in the order of {@link Structure}
 * @param labels of the image
 * @param transform how the masks came from those of the parent; null: they are the parent's
 */
record ItemConditioning(
    Map<Structure, BinaryMask> masks,
    Map<String, Label> labels,
    @Nullable TransformDraw transform) {

  /**
   * Works it out: loads the parent's masks, resamples them to the image's size, transforms them
   * where the arm does.
   *
   * @throws UnmadeException if the parent cannot be read or lacks a mask, or no transform leaves a
   *     valid anatomy; one line that names the image
   */
  static ItemConditioning of(AugmentPlan plan, AugmentItem item, int width, int height)
      throws UnmadeException {
    Arm arm = item.arm();
    DatasetImage parent = item.parent();
    if (!arm.kind().usesMasks() || parent == null) {
      return new ItemConditioning(Map.of(), item.labels(), null);
    }
    TransformDraw.requireTraining(parent.info());
    Sample sample = item.load(parent);
    requireMasks(arm, sample);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    sample.masks().forEach((structure, mask) -> masks.put(structure, mask.resize(width, height)));
    if (!arm.kind().transforms()) {
      masks.keySet().retainAll(arm.structures());
      return new ItemConditioning(masks, labels(item, parent.info(), masks), null);
    }
    TransformDraw drawn;
    try {
      drawn =
          TransformDraw.of(
              parent.info(),
              masks,
              plan.transformsOf(arm),
              plan.limitsOf(arm),
              SeedStream.child(item.seed(), "transform"));
    } catch (IllegalArgumentException e) {
      throw new UnmadeException(UnmadeException.Why.ANATOMY, item.id() + ": " + e.getMessage(), e);
    }
    Map<Structure, BinaryMask> moved = new EnumMap<>(Structure.class);
    moved.putAll(drawn.masks());
    moved.keySet().retainAll(arm.structures());
    return new ItemConditioning(moved, labels(item, parent.info(), moved), drawn);
  }

  /** Returns the prompt: of mirrored masks, with left and right exchanged. */
  String prompt(AugmentItem item) {
    boolean mirrored = transform != null && transform.transform().whole().flip();
    return mirrored ? Mirror.words(item.prompt()) : item.prompt();
  }

  private static void requireMasks(Arm arm, Sample sample) throws UnmadeException {
    List<Structure> missing =
        arm.structures().stream()
            .filter(structure -> !sample.masks().containsKey(structure))
            .toList();
    if (!missing.isEmpty()) {
      throw new UnmadeException(
          UnmadeException.Why.NO_MASK,
          "arm "
              + arm.name()
              + ": image '"
              + sample.id()
              + "' of the source has no mask of "
              + names(missing)
              + ", only of "
              + (sample.masks().isEmpty() ? "nothing" : names(List.copyOf(sample.masks().keySet())))
              + " (expected: one, empty where the structure is absent); leave it out with"
              + " source.exclude, choose parents with with-labels, or name other structures",
          null);
    }
  }

  private static String names(List<Structure> structures) {
    return structures.stream().map(Structure::wireName).collect(Collectors.joining(", "));
  }

  /**
   * Returns the labels of an image made from masks: what a prompt says, or what the masks show and
   * nothing else. An enlarged heart is one that its parent's label calls so.
   */
  private static Map<String, Label> labels(
      AugmentItem item, ImageInfo parent, Map<Structure, BinaryMask> masks) {
    if (item.arm().kind().usesText()) {
      return item.labels();
    }
    Map<String, Label> labels = new LinkedHashMap<>();
    masks.forEach(
        (structure, mask) -> {
          Label shown = mask.area() > 0 ? Label.POSITIVE : Label.NEGATIVE;
          switch (structure) {
            case PNEUMOTHORAX -> labels.put("pneumothorax", shown);
            case RIB_FRACTURE -> labels.put("fracture", shown);
            case CHEST_TUBE -> {
              if (shown == Label.POSITIVE) {
                labels.put("support_devices", shown);
              }
            }
            case HEART -> {
              Label size = parent.label("cardiomegaly");
              if (size != null) {
                labels.put("cardiomegaly", size);
              }
            }
            case LUNGS, LEFT_LUNG, RIGHT_LUNG -> {}
          }
        });
    return labels;
  }
}
