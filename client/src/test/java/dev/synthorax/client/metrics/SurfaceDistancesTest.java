package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.BinaryMask;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SurfaceDistancesTest {
  private static BinaryMask random(SplittableRandom random, int side) {
    byte[] cells = new byte[side * side];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) random.nextInt(2);
    }
    return BinaryMask.of(side, side, cells);
  }

  @Test
  void surfaceDice_everythingWithinTheTolerance_isExactlyOne() {
    SplittableRandom random = new SplittableRandom(23);
    for (int i = 0; i < 40; i++) {
      PixelSpacing spacing = new PixelSpacing(random.nextDouble(0.1, 2), random.nextDouble(0.1, 2));

      SurfaceDistances distances =
          SurfaceDistances.of(
              random(random, 24),
              random(random, 24),
              spacing,
              SurfaceConvention.SURFACE_ELEMENTS,
              EmptyPolicy.UNDEFINED);

      assertThat(distances.surfaceDice(1e6)).as("spacing %s", spacing).isEqualTo(1.0);
    }
  }
}
