package dev.synthorax.engine;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every implementation promises of images of which a part is known. */
abstract class RowRestoreContract extends RowUpdateContract {
  private static float[] restored(
      float[] x, float[] y, float[] z, float[] w, float ofImage, float ofNoise) {
    float[] expected = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float noised = ofImage * y[i] + ofNoise * z[i];
      expected[i] = w[i] * x[i] + (1 - w[i]) * noised;
    }
    return expected;
  }

  private float[] weights(int count) {
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = random.nextInt(3) / 2f;
    }
    return weights;
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 4", "1023, 0", "1027, 4", "4096, 0", "16384, 0"})
  void restore_anyLength_keepsWhatIsKnown(int elements, int shift) {
    float[] x = normals(elements);
    float[] y = normals(elements);
    float[] z = normals(elements);
    float[] w = weights(elements);
    DeviceBuffer latents = put(shift, x);
    var part = new KnownPart(latents, put(0, y), put(shift, z), put(0, w), 0.6f, 0.8f);

    operations.restore(stream, List.of(part));

    assertSameBits(floats(latents), restored(x, y, z, w, 0.6f, 0.8f), "latents");
  }

  @Test
  void restore_wholeWeights_areExact() {
    DeviceBuffer latents = put(0, 3, 5, -7);

    operations.restore(
        stream,
        List.of(new KnownPart(latents, put(0, 1, 2, 4), put(0, 9, 9, 9), put(0, 1, 0, 1), 1, 0)));

    assertSameBits(floats(latents), new float[] {3, 2, -7}, "latents");
  }

  @Test
  void restore_moreImagesThanOneTableHoldsOfTwoSizes_allAre() {
    var parts = new ArrayList<KnownPart>();
    var expected = new ArrayList<float[]>();
    for (int i = 0; i < 220; i++) {
      int elements = i < 100 ? 5 : 6;
      float[] x = normals(elements);
      float[] y = normals(elements);
      float[] w = weights(elements);
      parts.add(new KnownPart(put(0, x), put(0, y), put(0, x), put(0, w), i, 0.5f));
      expected.add(restored(x, y, x, w, i, 0.5f));
    }

    operations.restore(stream, parts);

    for (int i = 0; i < parts.size(); i++) {
      assertSameBits(floats(parts.get(i).latents()), expected.get(i), "image " + i);
    }
  }

  @Test
  void restore_none_doesNothing() {
    operations.restore(stream, List.of());
  }

  @Test
  void restore_otherLengths_areRefusedWithTheValue() {
    assertRefused(
        () -> new KnownPart(room(16, 0), room(12, 0), room(16, 0), room(16, 0), 1, 1),
        "known: 12 bytes (expected: 16, as latents)");
    assertRefused(
        () -> new KnownPart(room(16, 0), room(16, 0), room(16, 0), room(20, 0), 1, 1),
        "redrawn: 20 bytes (expected: 16, as latents)");
  }
}
