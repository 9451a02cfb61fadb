package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

class ChestTubeTest {
  private static Thorax tubed(long seed, PhantomKnobs view) {
    PhantomKnobs knobs = view.withTubeGivenPneumothorax(1.0);
    return new Thorax(Examination.of(Cases.spec(seed, 64, Finding.PNEUMOTHORAX, knobs)));
  }

  private static ChestTube tube(Thorax thorax) {
    return requireNonNull(thorax.tube);
  }

  @Test
  void radius_anyTube_isAThirdOfItsFrenchAndLargerInAp() {
    for (long seed = 0; seed < 20; seed++) {
      Thorax pa = tubed(seed, Cases.PA);
      Thorax ap = tubed(seed, Cases.AP);
      double calibre = requireNonNull(pa.examination.pathology().drain()).french() / 60.0;

      assertThat(20 * calibre).as("millimetres across").isBetween(6.6, 12.1);
      assertThat(tube(pa).radius()).isCloseTo(calibre, within(0.03 * calibre));
      assertThat(tube(ap).radius() / calibre).isBetween(1.02, 1.08);
    }
  }

  @Test
  void draw_stripe_isInterruptedOnceByTheSentinelEye() {
    for (long seed = 0; seed < 12; seed++) {
      Thorax thorax = tubed(seed, Cases.PA);
      Frame frame = new Frame(thorax.examination, thorax.habitus, 512);
      TubeCanvas canvas = new TubeCanvas(frame);
      tube(thorax).draw(canvas);
      int[] most = new int[2];
      boolean bright = false;
      int gaps = 0;
      for (int row = 0; row < 512; row++) { // the stripe's row maxima, from the tip down
        float best = 0;
        for (int column = 0; column < 512; column++) {
          best = Math.max(best, canvas.values[row * 512 + column]);
        }
        boolean stripe = best > 0.25;
        if (bright && !stripe && best > 0) {
          gaps++;
        }
        bright = stripe;
        most[stripe ? 1 : 0]++;
      }

      assertThat(most[1]).as("stripe, seed %d", seed).isGreaterThan(40);
      assertThat(gaps).as("eye, then the skin, seed %d", seed).isBetween(1, 3);
    }
  }
}
