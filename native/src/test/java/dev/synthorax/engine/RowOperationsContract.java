package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.engine.RowOperations.Picture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of row operations promises, all of it; a subclass opens one. */
public abstract class RowOperationsContract extends RowRestoreContract {

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 4", "3, 0", "1027, 4", "4096, 0", "40000, 0"})
  void normal_anyLength_areTheCountersNumbers(int count, int shift) {
    long seed = 0xdeadbeef12345678L;
    DeviceBuffer target = room(count * 4L, shift);
    float[] expected = new float[count];
    CounterNoise.normal(seed, 1L << 33 | 5, 7, expected);

    operations.normal(stream, seed, 1L << 33 | 5, 7, target);

    float[] values = floats(target);
    for (int i = 0; i < count; i++) {
      float off = normalUlps() * Math.ulp(expected[i]);
      assertThat(Math.abs(values[i] - expected[i]))
          .as("%s (expected: %s), element %d", values[i], expected[i], i)
          .isLessThanOrEqualTo(off);
    }
  }

  @Test
  void normal_manyNumbers_stayWithinRounding() {
    int count = 1 << 16;
    DeviceBuffer target = room(count * 4L, 0);
    float[] expected = new float[count];
    CounterNoise.normal(3, 0, 0, expected);

    operations.normal(stream, 3, 0, 0, target);

    float[] values = floats(target);
    int worst = 0;
    for (int i = 0; i < count; i++) {
      int off = Math.abs(Float.floatToIntBits(values[i]) - Float.floatToIntBits(expected[i]));
      worst = Math.max(worst, off);
    }
    assertThat(worst).as("units in the last place").isLessThanOrEqualTo(normalUlps());
  }

  @Test
  void normal_nothing_isFilledWithNothing() {
    operations.normal(stream, 1, 0, 0, room(0, 0));

    assertRefused(
        () -> operations.normal(stream, 1, 0, 0, room(6, 0)),
        "target: 6 (expected: a multiple of 4)");
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, 1, 1, 0",
    "FP32, 3, 4096, 0",
    "FP32, 2, 1029, 4",
    "FP16, 3, 4096, 0",
    "FP16, 1, 2046, 2",
    "BF16, 3, 1027, 0",
    "BF16, 1, 4096, 0",
  })
  void grey_samplesOfAnyType_becomePixelsOfEveryType(
      DataType type, int channels, int size, int shift) {
    int rows = 3;
    float[] values = normals(rows * channels * size);
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 5 == 0 ? rounded(type, i % 256 / 127.5f - 1) : rounded(type, values[i]);
    }
    values[0] = 0; // exactly between two grey levels
    for (int i = 11; i < values.length; i += 97) {
      values[i] = i % 2 == 0 ? Float.NaN : i % 3 == 0 ? 1f / 0 : -1f / 0;
    }
    var samples = tensor(type, shift, values);
    var pictures = new ArrayList<Picture>();
    for (DataType pixels : List.of(DataType.UINT8, DataType.FP32, DataType.UINT16)) {
      for (int row : new int[] {2, 0}) {
        pictures.add(
            new Picture(row, pixels, room((long) size * pixels.bytes(), shift), room(4, 0)));
      }
    }

    operations.grey(stream, samples, channels, pictures);

    for (Picture picture : pictures) {
      assertPicture(picture, values, channels, size);
    }
  }

  private void assertPicture(Picture picture, float[] values, int channels, int size) {
    MemorySegment pixels = MemorySegment.ofArray(bytes(picture.pixels()));
    int notFinite = 0;
    for (int i = 0; i < size; i++) {
      float sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        float value = values[(picture.row() * channels + channel) * size + i];
        notFinite += Float.isFinite(value) ? 0 : 1;
        sum += Float.isFinite(value) ? Math.clamp(value * 0.5f + 0.5f, 0f, 1f) : Float.NaN;
      }
      float grey = sum / channels;
      Object expected =
          switch (picture.dataType()) {
            case UINT8 -> (byte) Math.round(grey * 255);
            case UINT16 -> (short) Math.round(grey * 65535);
            default -> grey;
          };
      Object actual =
          switch (picture.dataType()) {
            case UINT8 -> pixels.get(ValueLayout.JAVA_BYTE, i);
            case UINT16 -> pixels.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i);
            default -> DataType.FP32.getFloat(pixels, i);
          };
      if (!actual.equals(expected)) {
        assertThat(actual).as("%s pixel %d", picture.dataType(), i).isEqualTo(expected);
      }
    }
    assertThat(ints(picture.notFinite())).as("not finite").containsExactly(notFinite);
  }

  @Test
  void grey_manyPictures_areAllMade() {
    float[] values = normals(200);
    var samples = tensor(DataType.FP32, 0, values);
    var pictures = new ArrayList<Picture>();
    for (int row = 0; row < 200; row++) {
      pictures.add(new Picture(row, DataType.FP32, room(4, 0), room(4, 0)));
    }

    operations.grey(stream, samples, 1, pictures);

    for (int row = 0; row < 200; row++) {
      assertPicture(pictures.get(row), values, 1, 1);
    }
  }

  @Test
  void grey_whatDoesNotFit_isRefusedWithTheValue() {
    var samples = tensor(DataType.FP32, 0, new float[12]);
    var second = new Picture(1, DataType.UINT8, room(4, 0), room(4, 0));

    assertRefused(
        () -> operations.grey(stream, samples, 3, List.of(second)),
        "row: 1 of 3 channels of 4 pixels (expected: within samples of 12)");
    assertRefused(
        () -> new Picture(0, DataType.FP16, room(4, 0), room(4, 0)),
        "dataType: FP16 (expected: FP32, UINT8 or UINT16)");
    assertRefused(
        () -> new Picture(0, DataType.FP32, room(4, 0), room(8, 0)),
        "notFinite: 8 bytes (expected: 4)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UINT8", "FP64", "INT64"})
  void tensor_typeOfNoNetwork_isRefused(DataType type) {
    assertRefused(
        () -> new RowOperations.Tensor(room(8, 0), type),
        "dataType: " + type + " (expected: FP32, FP16 or BF16)");
  }

  @Test
  void close_twice_refusesCallsAfterwards() {
    operations.close();
    operations.close();

    assertThatThrownBy(() -> operations.normal(stream, 1, 0, 0, room(4, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }
}
