package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.phantom.Phantoms;
import java.util.EnumMap;
import java.util.Map;

/** Masks to transform. */
final class Thoraces {
  private Thoraces() {}

  /** Returns the cells inside an ellipse. */
  static BinaryMask ellipse(int width, int height, double x, double y, double rx, double ry) {
    byte[] cells = new byte[width * height];
    for (int i = 0; i < cells.length; i++) {
      double dx = (i % width + 0.5 - x) / rx;
      int row = i / width;
      double dy = (row + 0.5 - y) / ry;
      cells[i] = (byte) (dx * dx + dy * dy <= 1 ? 1 : 0);
    }
    return BinaryMask.of(width, height, cells);
  }

  static BinaryMask without(BinaryMask mask, BinaryMask taken) {
    byte[] cells = mask.toBytes();
    byte[] less = taken.toBytes();
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) (cells[i] & ~less[i]);
    }
    return BinaryMask.of(mask.width(), mask.height(), cells);
  }

  /** Returns two lungs, a heart and a pneumothorax at the patient's right apex, 128 pixels. */
  static Map<Structure, BinaryMask> drawn() {
    BinaryMask heart = ellipse(128, 128, 70, 82, 18, 16);
    BinaryMask right = without(ellipse(128, 128, 40, 62, 20, 40), heart);
    BinaryMask left = without(ellipse(128, 128, 88, 62, 20, 40), heart);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    masks.put(Structure.LUNGS, Cells.union(right, left));
    masks.put(Structure.HEART, heart);
    masks.put(Structure.PNEUMOTHORAX, ellipse(128, 128, 38, 42, 8, 10));
    return masks;
  }

  /** Returns the same with the lungs told apart. */
  static Map<Structure, BinaryMask> sided() {
    Map<Structure, BinaryMask> masks = drawn();
    BinaryMask heart = heart(masks);
    masks.put(Structure.RIGHT_LUNG, without(ellipse(128, 128, 40, 62, 20, 40), heart));
    masks.put(Structure.LEFT_LUNG, without(ellipse(128, 128, 88, 62, 20, 40), heart));
    return masks;
  }

  private static BinaryMask heart(Map<Structure, BinaryMask> masks) {
    return java.util.Objects.requireNonNull(masks.get(Structure.HEART));
  }

  static ImageInfo train(String id) {
    return ImageInfo.builder(id).split(Split.TRAIN).build();
  }

  /** Returns a phantom of the training split, 96 pixels. */
  static Sample phantom(long seed) {
    Sample sample = Phantoms.sample(seed, 96);
    return new Sample(
        sample.info().toBuilder().split(Split.TRAIN).build(), sample.image(), sample.masks());
  }
}
