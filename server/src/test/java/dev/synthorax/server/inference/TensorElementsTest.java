package dev.synthorax.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.proto.inference.InferTensorContents;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Elements of every type, in lists and as classes. */
final class TensorElementsTest {

  static Stream<Arguments> lists() {
    var lists = InferTensorContents.newBuilder();
    return Stream.of(
        Arguments.of(
            DataType.BOOL, lists.clone().addBoolContents(true).addBoolContents(false), "0100"),
        Arguments.of(DataType.INT8, lists.clone().addIntContents(-1).addIntContents(127), "ff7f"),
        Arguments.of(
            DataType.INT16, lists.clone().addIntContents(-2).addIntContents(1), "feff0100"),
        Arguments.of(
            DataType.INT32, lists.clone().addIntContents(-2).addIntContents(1), "feffffff01000000"),
        Arguments.of(
            DataType.INT64,
            lists.clone().addInt64Contents(-2).addInt64Contents(1),
            "feffffffffffffff0100000000000000"),
        Arguments.of(DataType.UINT8, lists.clone().addUintContents(255).addUintContents(1), "ff01"),
        Arguments.of(
            DataType.UINT16, lists.clone().addUintContents(65_535).addUintContents(1), "ffff0100"),
        Arguments.of(
            DataType.UINT32,
            lists.clone().addUintContents(-1).addUintContents(1),
            "ffffffff01000000"),
        Arguments.of(
            DataType.UINT64,
            lists.clone().addUint64Contents(-1).addUint64Contents(1),
            "ffffffffffffffff0100000000000000"),
        Arguments.of(
            DataType.FP32,
            lists.clone().addFp32Contents(1).addFp32Contents(-2),
            "0000803f000000c0"),
        Arguments.of(
            DataType.FP64,
            lists.clone().addFp64Contents(1).addFp64Contents(-2),
            "000000000000f03f00000000000000c0"),
        Arguments.of(
            DataType.BYTES,
            lists
                .clone()
                .addBytesContents(ByteString.copyFromUtf8("hi"))
                .addBytesContents(ByteString.EMPTY),
            "02000000686900000000"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  void read_aListOfAnyType_isLittleEndian(
      DataType type, InferTensorContents.Builder contents, String expected) {
    var memory = new TensorMemory(1 << 20);
    try (var loan = memory.open()) {
      MemorySegment read = TypedContents.read("contents", type, contents.build(), loan);

      assertThat(HexFormat.of().formatHex(InferenceFixture.bytes(read))).isEqualTo(expected);
      assertThat(new HostTensor("x", type, List.of(2L), read).wrongBytes()).isNull();
    }
    memory.close();
  }

  private static HostTensor tensor(DataType type, List<Long> shape, ByteBuffer bytes) {
    return new HostTensor("x", type, shape, MemorySegment.ofBuffer(bytes.flip()));
  }

  private static List<String> classes(HostTensor output, boolean batched, int count) {
    HostTensor classes = ClassResults.of(output, batched, count, List.of("cat"));
    var bytes =
        ByteBuffer.wrap(InferenceFixture.bytes(classes.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    var strings = new ArrayList<String>();
    while (bytes.hasRemaining()) {
      byte[] string = new byte[bytes.getInt()];
      bytes.get(string);
      strings.add(new String(string, StandardCharsets.UTF_8));
    }
    return strings;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void classes_ofABatch_areTheLargestOfEachRow() {
    var output =
        tensor(
            DataType.INT16,
            List.of(2L, 3L),
            buffer(12)
                .putShort((short) 1)
                .putShort((short) 5)
                .putShort((short) 5)
                .putShort((short) -9)
                .putShort((short) -8)
                .putShort((short) -7));

    assertThat(classes(output, true, 2)).containsExactly("5:1", "5:2", "-7:2", "-8:1");
    assertThat(ClassResults.of(output, true, 9, List.of()).shape()).containsExactly(2L, 3L);
    assertThat(ClassResults.of(output, false, 4, List.of()).shape()).containsExactly(4L);
  }

  @Test
  void classes_notANumberAndLargeWholeOnes_keepTheirOrder() {
    var floats =
        tensor(
            DataType.FP32,
            List.of(3L),
            buffer(12).putFloat(Float.NaN).putFloat(Float.NEGATIVE_INFINITY).putFloat(0.25f));
    var whole =
        tensor(
            DataType.UINT64,
            List.of(3L),
            buffer(24).putLong(-1).putLong(Long.MAX_VALUE).putLong(Long.MAX_VALUE - 1));

    assertThat(classes(floats, false, 3)).containsExactly("0.25:2", "-Infinity:1", "NaN:0:cat");
    assertThat(classes(whole, false, 3))
        .containsExactly(
            "18446744073709551615:0:cat", "9223372036854775807:1", "9223372036854775806:2");
  }
}
