package dev.synthorax.client.dataset;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.util.EnumMap;
import java.util.Map;

/** Small made-up samples, different for every number. */
final class SamplesForTests {
  private SamplesForTests() {}

  static Sample sample(int number, int width, int height) {
    byte[] pixels = new byte[width * height];
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    for (Structure structure : Structure.CHANNELS) {
      byte[] cells = new byte[width * height];
      for (int i = 0; i < cells.length; i++) {
        pixels[i] = (byte) (i * 31 + number);
        cells[i] = (byte) ((i + number) % structure.wireName().length() == 0 ? 1 : 0);
      }
      masks.put(structure, BinaryMask.of(width, height, cells));
    }
    ImageInfo info =
        ImageInfo.builder("made-" + number)
            .seed((long) number)
            .text("prompt \"" + number + "\" \u00e9")
            .label("edema", Label.POSITIVE)
            .label("cardiomegaly", Label.POSITIVE)
            .label("fracture", Label.NEGATIVE)
            .attribute("ctr", 0.5 + number)
            .build();
    return new Sample(info, GrayImage.of(width, height, pixels), masks);
  }
}
