package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.BinaryMask;
import org.junit.jupiter.api.Test;

final class OverlapTest {
  @Test
  void dice_halfShared_isTwoThirds() {
    BinaryMask one = BinaryMask.of(2, 2, new byte[] {1, 0, 0, 0});
    BinaryMask two = BinaryMask.of(2, 2, new byte[] {1, 1, 0, 0});

    assertThat(Overlap.dice(one, two)).isEqualTo(2.0 / 3);
    assertThat(Overlap.dice(two, one)).isEqualTo(2.0 / 3);
  }

  @Test
  void dice_emptyMasks_isNaNForBothAndZeroForOne() {
    BinaryMask none = BinaryMask.of(2, 1, new byte[] {0, 0});
    BinaryMask some = BinaryMask.of(2, 1, new byte[] {0, 1});

    assertThat(Overlap.dice(none, none)).isNaN();
    assertThat(Overlap.dice(none, some)).isEqualTo(0);
  }

  @Test
  void dice_differentSizes_isRefused() {
    BinaryMask wide = BinaryMask.of(2, 1, new byte[] {0, 1});
    BinaryMask tall = BinaryMask.of(1, 2, new byte[] {0, 1});

    assertThatThrownBy(() -> Overlap.dice(wide, tall)).hasMessageContaining("2 x 1 and 1 x 2");
  }
}
