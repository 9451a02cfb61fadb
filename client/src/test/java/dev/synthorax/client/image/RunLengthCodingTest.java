package dev.synthorax.client.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.image.RunLengthCoding.Order;
import dev.synthorax.client.image.RunLengthCoding.Start;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunLengthCodingTest {
  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  private static List<RunLengthCoding> codings() {
    List<RunLengthCoding> codings = new ArrayList<>();
    for (Start start : Start.values()) {
      for (int first : new int[] {0, 1}) {
        for (Order order : Order.values()) {
          codings.add(new RunLengthCoding(start, first, order));
        }
      }
    }
    return codings;
  }

  private static BinaryMask random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int width = random.nextInt(1, 40);
    int height = random.nextInt(1, 40);
    byte[] cells = new byte[width * height];
    boolean inside = random.nextBoolean();
    for (int i = 0; i < cells.length; i++) {
      if (random.nextInt(6) == 0) {
        inside = !inside;
      }
      cells[i] = (byte) (inside ? 1 : 0);
    }
    return BinaryMask.of(width, height, cells);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void encode_thenDecode_givesTheSameMask(long seed) {
    BinaryMask mask = random(seed);

    for (RunLengthCoding coding : codings()) {
      String runs = coding.encode(mask);

      assertThat(coding.decode(runs, mask.width(), mask.height())).as("%s", coding).isEqualTo(mask);
      assertThat(coding.parse(runs).isEmpty()).isEqualTo(mask.area() == 0);
    }
  }

  @Test
  void encodeAndDecode_masksByNumpy_agreeWithNumpy() throws IOException {
    JsonNode cases;
    try (InputStream input =
        RunLengthCodingTest.class.getResourceAsStream("/golden/rle/masks.json")) {
      cases = new ObjectMapper().readTree(input);
    }

    assertThat(cases).hasSize(20);
    for (JsonNode one : cases) {
      int width = one.get("width").asInt();
      int height = one.get("height").asInt();
      String rows = one.get("mask").asText();
      byte[] cells = new byte[rows.length()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = (byte) (rows.charAt(i) == '#' ? 1 : 0);
      }
      BinaryMask mask = BinaryMask.of(width, height, cells);
      for (RunLengthCoding coding : codings()) {
        String name =
            coding.start().name()
                + " "
                + coding.firstIndex()
                + " "
                + coding.order().name().replace("_MAJOR", "");
        String runs = one.get("runs").get(name.toLowerCase(Locale.ROOT)).asText();
        assertThat(coding.encode(mask)).isEqualTo(runs);
        assertThat(coding.decode(runs, width, height)).isEqualTo(mask);
      }
    }
  }

  @Test
  void decode_startOfThePublishedSiimExample_growsDownTheSameColumns() {
    BinaryMask mask = RunLengthCoding.SIIM.decode("387620 23 996 33 986 43", 1024, 1024);

    assertThat(mask.area()).isEqualTo(23 + 33 + 43);
    assertThat(mask.at(378, 548)).isTrue(); // 387620 = 378 * 1024 + 548
    assertThat(mask.at(378, 547)).isFalse();
    assertThat(mask.at(378, 570)).isTrue();
    assertThat(mask.at(378, 571)).isFalse();
    assertThat(mask.at(379, 543)).isTrue(); // 387620 + 23 + 996 = 379 * 1024 + 543
    assertThat(mask.at(379, 575)).isTrue();
    assertThat(mask.at(380, 537)).isFalse(); // 379 * 1024 + 576 + 986 = 380 * 1024 + 538
    assertThat(mask.at(380, 538)).isTrue();
    assertThat(mask.at(380, 580)).isTrue();
  }

  @Test
  void presets_sameText_differInEveryRespect() {
    String runs = "2 2 3 1";

    assertThat(cells(RunLengthCoding.SIIM.decode(runs, 3, 4))).isEqualTo("...|...|#..|##.");
    assertThat(cells(RunLengthCoding.KAGGLE_ABS.decode("2 2 9 1", 3, 4)))
        .isEqualTo("..#|#..|#..|...");
    assertThat(cells(RunLengthCoding.CHEXMASK.decode("2 2 9 1", 3, 4)))
        .isEqualTo(".##|...|..#|...");
  }

  private static String cells(BinaryMask mask) {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < mask.height(); y++) {
      text.append(y == 0 ? "" : "|");
      for (int x = 0; x < mask.width(); x++) {
        text.append(mask.at(x, y) ? '#' : '.');
      }
    }
    return text.toString();
  }

  @Test
  void decode_oneBasedRelative_movesEveryRunByOneCell() {
    RunLengthCoding oneBased = new RunLengthCoding(Start.RELATIVE, 1, Order.ROW_MAJOR);
    RunLengthCoding zeroBased = new RunLengthCoding(Start.RELATIVE, 0, Order.ROW_MAJOR);

    assertThat(oneBased.decode("3 1 2 2", 12, 1)).isEqualTo(zeroBased.decode("2 1 2 2", 12, 1));
  }

  @Test
  void decode_whiteSpaceAnywhere_isIgnored() {
    BinaryMask expected = RunLengthCoding.SIIM.decode("1 2 3 1", 3, 3);

    assertThat(RunLengthCoding.SIIM.decode(" \t1  2\n3 1 ", 3, 3)).isEqualTo(expected);
  }

  @Test
  void decode_minusOneBlankOrEmptyRuns_givesAnEmptyMask() {
    for (String runs : List.of("-1", " -1", "", "  ", "3 0")) {
      assertThat(RunLengthCoding.SIIM.decode(runs, 3, 3)).isEqualTo(BinaryMask.empty(3, 3));
      assertThat(RunLengthCoding.CHEXMASK.parse(runs).isEmpty()).isTrue();
    }
    assertThat(RunLengthCoding.SIIM.encode(BinaryMask.empty(3, 3))).isEqualTo("-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SIIM|1 2 3|run 2: start 3 has no length (expected: pairs of numbers)",
        "SIIM|1 2 -3 1|run 2: start '-3' (expected: a whole number from 0 to 2147483647)",
        "SIIM|1 2.5|run 1: length '2.5' (expected: a whole number from 0 to 2147483647)",
        "SIIM|1 99999999999|run 1: length '99999999999' (expected: a whole number from 0 to"
            + " 2147483647)",
        "SIIM|-1 -1|run 1: start '-1' (expected: a whole number from 0 to 2147483647)",
        "SIIM|2147483647 2|run 1: ends at cell 2147483649 (expected: below 2^31)",
        "SIIM|1 2 5 2|run 2: 2 cells from cell 8 end at 10 (expected: at most 9, the cells of a"
            + " mask of 3 x 3)",
        "CHEXMASK|0 2|run 1: start 0 (expected: >= 1)",
        "CHEXMASK|1 3 3 2|run 2: start 3 (expected: at least 4, the end of run 1)",
        "KAGGLE_ABS|5 2 1 2|run 2: start 1 (expected: at least 7, the end of run 1)",
      })
  void decode_badRuns_namesRunAndValue(String preset, String runs, String message) {
    RunLengthCoding coding =
        switch (preset) {
          case "SIIM" -> RunLengthCoding.SIIM;
          case "CHEXMASK" -> RunLengthCoding.CHEXMASK;
          default -> RunLengthCoding.KAGGLE_ABS;
        };

    assertThatThrownBy(() -> coding.decode(runs, 3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void or_twoMasks_hasTheCellsOfBoth() {
    BinaryMask left = RunLengthCoding.CHEXMASK.decode("1 2", 4, 1);
    BinaryMask right = RunLengthCoding.CHEXMASK.decode("2 2", 4, 1);

    assertThat(left.or(right)).isEqualTo(RunLengthCoding.CHEXMASK.decode("1 3", 4, 1));
    assertThatThrownBy(() -> left.or(BinaryMask.empty(1, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mask: BinaryMask[1 x 4] (expected: BinaryMask[4 x 1])");
  }
}
