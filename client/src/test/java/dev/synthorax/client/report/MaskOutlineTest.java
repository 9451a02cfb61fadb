package dev.synthorax.client.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.BinaryMask;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class MaskOutlineTest {
  @Test
  void path_onePixel_isADiamondAroundIt() {
    BinaryMask mask = mask("...", ".#.", "...");

    assertThat(MaskOutline.path(mask)).isEqualTo("M1.5 1L2 1.5L1.5 2L1 1.5Z");
  }

  @Test
  void path_emptyMask_isEmpty() {
    assertThat(MaskOutline.path(mask("..", ".."))).isEmpty();
  }

  @Test
  void path_ringAndIsland_hasALoopForEachBorder() {
    BinaryMask mask = mask("#####..", "#...#.#", "#...#..", "#...#..", "#####..");

    assertThat(MaskOutline.path(mask).chars().filter(c -> c == 'M').count()).isEqualTo(3);
  }

  @Test
  void path_maskThatFillsTheImage_staysInside() {
    String path = MaskOutline.path(mask("####", "####", "####", "####"));

    assertThat(path).startsWith("M").endsWith("Z").doesNotContain("-");
  }

  private static BinaryMask mask(String... rows) {
    byte[] cells = new byte[rows.length * rows[0].length()];
    String all = String.join("", Arrays.asList(rows));
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) (all.charAt(i) == '#' ? 1 : 0);
    }
    return BinaryMask.of(rows[0].length(), rows.length, cells);
  }
}
