package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

class LinearOpacityTest {
  private static final int SIZE = 1024;

  private static float[] lines(Thorax thorax, Frame frame) {
    TubeCanvas canvas = new TubeCanvas(frame);
    LinearOpacity.draw(thorax, canvas, thorax.examination.ofDay(Draw.Purpose.LINES));
    return canvas.values;
  }

  @Test
  void draw_atelectasis_isPlatesOneToThreeMillimetresThickAboveTheDome() {
    int plates = 0;
    for (long seed = 0; seed < 12; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.ATELECTASIS);
      Frame frame = new Frame(thorax.examination, thorax.habitus, SIZE);
      float[] lines = lines(thorax, frame);
      for (int column = 0; column < SIZE; column++) {
        int run = 0;
        float most = 0;
        for (int row = 1; row < SIZE; row++) {
          float value = lines[row * SIZE + column];
          if (value > 0) {
            run++;
            most = Math.max(most, value);
            double y = frame.y(column + 0.5, row + 0.5);
            assertThat(y).as("seed %d", seed).isLessThan(thorax.habitus.baseY);
          } else if (run > 0) {
            if (most > 0.25) { // in the middle of a plate; where two cross, one sees both
              double thick = 10 * run / frame.scale;
              plates += thick >= 1 && thick <= 4 ? 1 : -4;
            }
            run = 0;
            most = 0;
          }
        }
      }
    }
    assertThat(plates).as("columns through one plate, less four for any other").isGreaterThan(2000);
  }

  @Test
  void draw_edema_hasShortLinesAtTheWallOfTheBases() {
    for (long seed = 0; seed < 8; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.EDEMA);
      Frame frame = new Frame(thorax.examination, thorax.habitus, SIZE / 2);
      float[] lines = lines(thorax, frame);
      double atWall = 0;
      double elsewhere = 0;
      for (int i = 0; i < lines.length; i++) {
        int column = i % frame.size;
        int row = i / frame.size;
        double x = frame.x(column + 0.5, row + 0.5);
        double y = frame.y(column + 0.5, row + 0.5);
        double fromWall = thorax.cavity.halfWidth(y) - Math.abs(x);
        boolean hilum = Math.abs(x) < 8 && Math.abs(y - thorax.habitus.carinaY) < 4;
        if (y > thorax.habitus.carinaY + 2 && fromWall < 2.3) {
          atWall += lines[i];
        } else if (!hilum) { // where the cuffs are
          elsewhere += Math.abs(lines[i]);
        }
      }

      assertThat(atWall).as("seed %d", seed).isGreaterThan(20);
      assertThat(elsewhere).as("seed %d", seed).isLessThan(0.03 * atWall);
    }
  }
}
