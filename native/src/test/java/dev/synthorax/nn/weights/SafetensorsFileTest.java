package dev.synthorax.nn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  @TempDir private Path folder;

  @Test
  void open_whatWasWritten_givesItBack() throws IOException {
    Path file = folder.resolve("a.safetensors");
    float[] floats = {1.5f, -2, 0.25f, 3, 4, 5};
    long[] longs = {Long.MIN_VALUE, 7};
    byte[] bytes = {0, (byte) 255, 1};
    new SafetensorsWriter()
        .metadata("format", "synthorax-samples")
        .add("b", ElementType.U8, new long[] {3}, MemorySegment.ofArray(bytes))
        .add("f", ElementType.F32, new long[] {2, 3}, MemorySegment.ofArray(floats))
        .add("l", ElementType.I64, new long[] {2}, MemorySegment.ofArray(longs))
        .add("none", ElementType.F32, new long[] {0, 4}, MemorySegment.ofArray(new float[0]))
        .add("scalar", ElementType.F32, new long[0], MemorySegment.ofArray(new float[] {9}))
        .write(file);

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.metadata())
          .containsExactly(java.util.Map.entry("format", "synthorax-samples"));
      assertThat(opened.names()).containsExactlyInAnyOrder("b", "f", "l", "none", "scalar");
      assertThat(opened.tensor("f").shape()).containsExactly(2, 3);
      assertThat(opened.tensor("f").type()).isEqualTo(ElementType.F32);
      assertThat(opened.tensor("f").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
          .containsExactly(floats);
      assertThat(opened.tensor("l").data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
          .containsExactly(longs);
      assertThat(opened.tensor("b").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(bytes);
      assertThat(opened.tensor("none").elements()).isZero();
      assertThat(opened.tensor("scalar").shape()).isEmpty();
      assertThat(opened.find("missing")).isNull();
    }
  }

  @Test
  void write_anyOrder_givesTheSameBytes() throws IOException {
    Path first = folder.resolve("1.safetensors");
    Path second = folder.resolve("2.safetensors");
    MemorySegment x = MemorySegment.ofArray(new float[] {1});
    MemorySegment y = MemorySegment.ofArray(new short[] {2});

    new SafetensorsWriter()
        .metadata("a", "1")
        .metadata("b", "2")
        .add("x", ElementType.F32, new long[] {1}, x)
        .add("y", ElementType.F16, new long[] {1}, y)
        .write(first);
    new SafetensorsWriter()
        .metadata("b", "2")
        .metadata("a", "1")
        .add("y", ElementType.F16, new long[] {1}, y)
        .add("x", ElementType.F32, new long[] {1}, x)
        .write(second);

    assertThat(first).hasSameBinaryContentAs(second);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("1.safetensors", "2.safetensors");
  }

  @Test
  void open_missingFile_saysSo() {
    Path file = folder.resolve("none.safetensors");

    assertFails(file, file + ": no such file (expected: weights in safetensors)");
  }

  @Test
  void open_truncatedFile_saysHowManyBytesAreMissing() throws IOException {
    Path file = folder.resolve("t.safetensors");
    float[] values = new float[64];
    new SafetensorsWriter()
        .add("x", ElementType.F32, new long[] {64}, MemorySegment.ofArray(values))
        .write(file);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 100));

    assertFails(file, file + ": 156 bytes of data (expected: 256; the file is truncated)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"x\": | header is not JSON",
        "[] | header is not a JSON object",
        "{} | 8 bytes of data (expected: 0; the file is too long)",
        "{\"x\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}} | tensor x has dtype F99",
        "{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}} | tensor x has no shape",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}} | tensor x has no data_offsets",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | tensor x has shape [-2]",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | data_offsets [8, 0]",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 bytes (expected: 12",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | begins at byte 4 (expected: 0",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | begins at byte 4 (expected: 8",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}} | too large",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | Duplicate",
        "{\"__metadata__\":{\"a\":1}} | __metadata__.a is not a string",
      })
  void open_badHeader_isOneLineThatNamesFileAndFault(String header, String expected)
      throws IOException {
    Path file = folder.resolve("bad.safetensors");
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Files.write(file, file(json.length, json, 8));

    assertThatThrownBy(() -> openAndClose(file))
        .isInstanceOf(InferenceException.class)
        .message()
        .startsWith(file + ": ")
        .contains(expected)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "1", "16000001", "9223372036854775807", "40"})
  void open_badHeaderLength_saysWhatWasExpected(long length) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, file(length, "{}".getBytes(StandardCharsets.UTF_8), 8));

    assertFails(
        file,
        file
            + ": header of "
            + length
            + " bytes (expected: at most 16000000 and within the file of 18)");
  }

  @Test
  void open_fewerThanEightBytes_saysSo() throws IOException {
    Path file = folder.resolve("tiny.safetensors");
    Files.write(file, new byte[] {1, 2, 3});

    assertFails(file, file + ": 3 bytes (expected: a safetensors file, 8 at least)");
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // closing is the test
  void close_twice_isFineAndTensorsAreGone() throws IOException {
    Path file = folder.resolve("c.safetensors");
    new SafetensorsWriter()
        .add("x", ElementType.F32, new long[] {1}, MemorySegment.ofArray(new float[] {1}))
        .write(file);
    SafetensorsFile opened = SafetensorsFile.open(file);
    MemorySegment data = opened.tensor("x").data();

    opened.close();
    opened.close();

    assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void add_badTensor_isRefused() {
    SafetensorsWriter writer = new SafetensorsWriter();
    MemorySegment four = MemorySegment.ofArray(new float[] {1});
    writer.add("x", ElementType.F32, new long[] {1}, four);

    assertThatThrownBy(() -> writer.add("x", ElementType.F32, new long[] {1}, four))
        .hasMessage("name: x is taken (expected: a new one)");
    assertThatThrownBy(() -> writer.add("y", ElementType.F32, new long[] {2}, four))
        .hasMessage("y: 4 bytes (expected: 8 for F32 [2])");
  }

  private static byte[] file(long headerLength, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .array();
  }

  private static void assertFails(Path file, String message) {
    assertThatThrownBy(() -> openAndClose(file))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.MODEL_FAILED))
        .hasMessage(message);
  }

  private static void openAndClose(Path file) {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).isNotEmpty();
    }
  }
}
