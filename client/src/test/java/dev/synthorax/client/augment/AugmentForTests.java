package dev.synthorax.client.augment;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.transform.SeedStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Sources, plans and pictures for tests of augment. */
public final class AugmentForTests {
  /** Every label that a phantom can have. */
  public static final List<String> FINDINGS =
      List.of(
          "cardiomegaly",
          "pleural_effusion",
          "pneumothorax",
          "consolidation",
          "edema",
          "atelectasis",
          "pneumonia",
          "fracture",
          "lung_opacity",
          "support_devices");

  private AugmentForTests() {}

  /**
   * Writes phantoms of 64 pixels in the folder format: of five, three are for training, one each
   * for validation and test.
   */
  public static void writeSource(Path folder, int count) throws IOException, InterruptedException {
    DatasetFormat.FOLDER.write(
        folder,
        WriteOptions.of(_ -> {}),
        writer -> {
          for (int i = 0; i < count; i++) {
            Sample sample = Phantoms.sample(1000 + i, 64);
            Split split = i % 5 == 3 ? Split.VALIDATION : i % 5 == 4 ? Split.TEST : Split.TRAIN;
            writer.add(
                new Sample(
                    sample.info().toBuilder().split(split).build(),
                    sample.image(),
                    sample.masks()));
          }
        });
  }

  /**
   * Returns a picture of a seed: one in eight is near-constant, one in eight is one of eight
   * pictures, so that filters have work; the rest are unlike any other.
   */
  public static byte[] picture(long seed) {
    long kind = SeedStream.child(seed, 0) & 7;
    SeedStream seeds =
        SeedStream.of(kind == 1 ? SeedStream.child(seed, 1) & 7 : SeedStream.child(seed, 2));
    byte[] pixels = new byte[FakeServices.SIDE * FakeServices.SIDE];
    for (int i = 0; i < pixels.length; i += 8) {
      long bits = kind == 0 ? 0x0101010101010101L * 77 : seeds.nextLong();
      for (int k = 0; k < 8; k++) {
        pixels[i + k] = (byte) (bits >>> (8 * k));
      }
    }
    return Png.encode(GrayImage.of(FakeServices.SIDE, FakeServices.SIDE, pixels));
  }

  /** Returns a picture of a seed, unlike any other. */
  public static byte[] distinct(long seed) {
    SeedStream seeds = SeedStream.of(seed);
    byte[] pixels = new byte[FakeServices.SIDE * FakeServices.SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) seeds.below(256);
    }
    return Png.encode(GrayImage.of(FakeServices.SIDE, FakeServices.SIDE, pixels));
  }

  /** Returns a plan with an arm of every kind, about {@code images} images together. */
  public static String plan(int images) {
    int each = images / 10;
    return """
    seed: 7
    source: {folder: source}
    generation: {steps: 4, guidance-scale: 3.5, negative-prompt: text}
    filters: {max-tries: 20}
    transforms:
      own: {heart: {scale: [0.9, 1.1]}, pneumothorax: {shift-y: [-0.03, 0.03]}}
    arms:
      - {name: single, kind: single-label, count: %d, labels: [edema, cardiomegaly]}
      - {name: multi, kind: multi-label, count: %d}
      - {name: mask, kind: mask, count: %d, structures: [lungs, heart]}
      - {name: moved, kind: transformed-mask, count: %d, structures: [lungs, heart, pneumothorax]}
      - {name: both, kind: mask-and-text, count: %d, structures: [lungs], include-source: true}
      - {name: moved-both, kind: transformed-mask-and-text, count: %d, structures: [heart],
         prompt-from: text}
      - {name: classical, kind: classical, count: %d}
    """
        .formatted(2 * each, 2 * each, each, 2 * each, each, each, images - 9 * each);
  }

  /** Returns every file of a folder, by its place, in hexadecimal. */
  public static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
