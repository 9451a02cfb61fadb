package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every implementation promises of gathering and scattering rows. */
abstract class RowMovesContract extends RowFixture {

  /** One row and the numbers behind it. */
  private static final class Shown {
    private final RowOperations.Row row;
    private final float[] latents;
    private final float @Nullable [] text;
    private final float @Nullable [] mask;

    private Shown(
        RowOperations.Row row, float[] latents, float @Nullable [] text, float @Nullable [] mask) {
      this.row = row;
      this.latents = latents;
      this.text = text;
      this.mask = mask;
    }
  }

  private Shown shown(int shift, int latents, int text, int mask) {
    float[] x = normals(latents);
    float[] words = text == 0 ? null : normals(text);
    float[] channels = mask == 0 ? null : normals(mask);
    var row =
        new RowOperations.Row(
            put(shift, x),
            random.nextFloat(),
            random.nextInt(1000),
            words == null ? null : put(shift, words),
            channels == null ? null : put(0, channels));
    return new Shown(row, x, words, channels);
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, 1, 1, 1, 0",
    "FP32, 5, 3, 2, 4",
    "FP32, 4096, 2310, 1029, 0",
    "FP16, 1, 7, 3, 0",
    "FP16, 1027, 77, 65, 4",
    "FP16, 4096, 768, 4098, 0",
    "BF16, 6, 1030, 1, 8",
    "BF16, 4096, 768, 4096, 0",
  })
  void gather_rowsWithAndWithoutTextAndMask_areScaledConvertedAndPadded(
      DataType type, int latents, int text, int mask, int shift) {
    var shown =
        List.of(
            shown(shift, latents, text, mask),
            shown(0, latents, 0, mask),
            shown(shift, latents, text, 0));
    int rows = 5;
    var to =
        new RowOperations.Inputs(
            rows,
            emptyTensor(type, shift, rows * latents),
            emptyTensor(DataType.FP32, shift, rows),
            emptyTensor(type, 0, rows * text),
            emptyTensor(type, shift, rows * mask));

    operations.gather(stream, shown.stream().map(each -> each.row).toList(), to);

    float[] sample = floats(to.sample());
    float[] timestep = floats(requireNonNull(to.timestep()));
    for (int position = 0; position < rows; position++) {
      Shown expected = shown.get(Math.min(position, 2));
      float[] scaled = new float[latents];
      for (int i = 0; i < latents; i++) {
        scaled[i] = rounded(type, expected.row.inputScale() * expected.latents[i]);
      }
      String where = "position " + position;
      assertSameBits(row(sample, position, latents), scaled, "sample of " + where);
      assertThat(timestep[position]).as(where).isEqualTo(expected.row.timestep());
      assertPart(to.text(), position, expected.text, text);
      assertPart(to.mask(), position, expected.mask, mask);
    }
  }

  private void assertPart(
      RowOperations.@Nullable Tensor tensor, int position, float @Nullable [] part, int length) {
    var written = requireNonNull(tensor);
    float[] expected = new float[length];
    for (int i = 0; i < length && part != null; i++) {
      expected[i] = rounded(written.dataType(), part[i]);
    }
    assertSameBits(row(floats(written), position, length), expected, "part of " + position);
  }

  @Test
  void gather_numbersAtTheEdgesOfHalfPrecision_areRoundedAsTheProcessorDoes() {
    float[] edges = {
      0,
      -0f,
      1,
      65504,
      65519.996f,
      65520,
      1e9f,
      6.1035156e-5f,
      5.9604645e-8f,
      2.9802322e-8f,
      2.9802326e-8f,
      1e-20f,
      1.0004883f,
      1.0014648f,
      2049,
      2051,
      3.3895314e38f,
      3.4028235e38f,
      0x1.01p0f,
      0x1.03p0f,
      Float.MIN_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN
    };
    for (DataType type : List.of(DataType.FP16, DataType.BF16, DataType.FP32)) {
      var to = new RowOperations.Inputs(1, emptyTensor(type, 0, edges.length), null, null, null);
      float[] expected = new float[edges.length];
      for (int i = 0; i < edges.length; i++) {
        expected[i] = rounded(type, edges[i]);
      }

      operations.gather(stream, List.of(plain(put(0, edges))), to);

      assertSameBits(floats(to.sample()), expected, type.name());
    }
  }

  private static RowOperations.Row plain(DeviceBuffer latents) {
    return new RowOperations.Row(latents, 1, 7, null, null);
  }

  @Test
  void gather_networkWithoutTimestepTextAndMask_getsLatentsAlone() {
    float[] latents = normals(36);
    var to = new RowOperations.Inputs(1, emptyTensor(DataType.FP32, 0, 36), null, null, null);
    var row = new RowOperations.Row(put(0, latents), 1, 7, put(0, 1, 2), put(0, 3));

    operations.gather(stream, List.of(row), to);

    assertSameBits(floats(to.sample()), latents, "sample");
  }

  @Test
  void gather_hundredsOfRows_areAllThere() {
    int rows = 300;
    var shown = new ArrayList<RowOperations.Row>();
    float[] expected = new float[rows * 3];
    for (int row = 0; row < rows; row++) {
      float[] latents = normals(3);
      System.arraycopy(latents, 0, expected, row * 3, 3);
      shown.add(plain(put(0, latents)));
    }
    var to =
        new RowOperations.Inputs(rows, emptyTensor(DataType.FP32, 0, rows * 3), null, null, null);

    operations.gather(stream, shown, to);

    assertSameBits(floats(to.sample()), expected, "sample");
  }

  @Test
  void gather_whatDoesNotFit_isRefusedWithTheValue() {
    var to = new RowOperations.Inputs(2, emptyTensor(DataType.FP16, 0, 8), null, null, null);
    var row = plain(room(16, 0));

    assertRefused(() -> operations.gather(stream, List.of(), to), "rows: 0 (expected: 1 to 2)");
    assertRefused(
        () -> operations.gather(stream, List.of(row, row, row), to), "rows: 3 (expected: 1 to 2)");
    assertRefused(
        () -> operations.gather(stream, List.of(plain(room(12, 0))), to),
        "latents: 12 bytes (expected: 16, float32 as long as a row of the network's)");
  }

  static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  /** As many tensors as a ControlNet has residuals, of all lengths. */
  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "0, 4", "8, 8"})
  void scatter_manyTensors_copiesZeroesAndKeepsRows(int fromShift, int toShift) {
    int[] lengths = {2, 6, 10, 16, 32, 64, 510, 1024, 4096, 4098, 8, 1, 3};
    int[] rowOf = {1, RowOperations.ZERO, RowOperations.KEEP, 0, 1};
    var transfers = new ArrayList<RowOperations.Transfer>();
    var before = new ArrayList<byte[]>();
    var sources = new ArrayList<byte[]>();
    for (int length : lengths) {
      sources.add(noise(2 * length));
      before.add(noise(rowOf.length * length));
      transfers.add(
          new RowOperations.Transfer(
              put(sources.getLast(), fromShift), put(before.getLast(), toShift), length));
    }

    operations.scatter(stream, transfers, rowOf);

    for (int i = 0; i < lengths.length; i++) {
      byte[] expected = before.get(i);
      for (int row = 0; row < rowOf.length; row++) {
        byte[] source = rowOf[row] < 0 ? new byte[2 * lengths[i]] : sources.get(i);
        if (rowOf[row] != RowOperations.KEEP) {
          System.arraycopy(
              source, Math.max(0, rowOf[row]) * lengths[i], expected, row * lengths[i], lengths[i]);
        }
      }
      assertThat(bytes(transfers.get(i).to())).as("rows of %d", lengths[i]).isEqualTo(expected);
    }
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(random.nextLong()).nextBytes(bytes);
    return bytes;
  }

  private DeviceBuffer put(byte[] bytes, int shift) {
    DeviceBuffer buffer = room(bytes.length, shift);
    write(buffer, MemorySegment.ofArray(bytes));
    return buffer;
  }

  @Test
  void scatter_withoutSource_zeroesAndKeeps() {
    DeviceBuffer to = put(0, 1, 2, 3);
    int[] rowOf = {RowOperations.KEEP, RowOperations.ZERO, RowOperations.KEEP};

    operations.scatter(stream, List.of(new RowOperations.Transfer(null, to, 4)), rowOf);

    assertThat(floats(to)).containsExactly(1, 0, 3);
  }

  @Test
  void scatter_hundredsOfRowsAndTensors_areAllThere() {
    int rows = 700;
    int[] rowOf = new int[rows];
    float[] from = normals(rows);
    float[] expected = new float[rows];
    for (int row = 0; row < rows; row++) {
      rowOf[row] = rows - 1 - row;
      expected[row] = from[rows - 1 - row];
    }
    DeviceBuffer source = put(0, from);
    var transfers = new ArrayList<RowOperations.Transfer>();
    for (int i = 0; i < 40; i++) {
      transfers.add(new RowOperations.Transfer(source, room(rows * 4L, 0), 4));
    }

    operations.scatter(stream, transfers, rowOf);

    for (var transfer : transfers) {
      assertSameBits(floats(transfer.to()), expected, "rows");
    }
  }

  @Test
  void scatter_whatDoesNotFit_isRefusedWithTheValue() {
    var transfer = new RowOperations.Transfer(room(8, 0), room(12, 0), 4);

    assertRefused(
        () -> operations.scatter(stream, List.of(transfer), new int[] {0, 1}),
        "rowOf: 2 rows (expected: 3, as to)");
    assertRefused(
        () -> operations.scatter(stream, List.of(transfer), new int[] {0, 1, 2}),
        "rowOf: 2 (expected: below 2, ZERO or KEEP)");
    assertRefused(
        () -> operations.scatter(stream, List.of(transfer), new int[] {0, 1, -3}),
        "rowOf: -3 (expected: below 2, ZERO or KEEP)");
    assertRefused(
        () -> new RowOperations.Transfer(null, room(10, 0), 4),
        "to: 10 (expected: a multiple of 4)");
  }
}
