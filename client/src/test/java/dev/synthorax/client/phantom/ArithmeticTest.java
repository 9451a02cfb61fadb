package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

/** The arithmetic under the phantom against closed forms and published numbers. */
class ArithmeticTest {
  @Test
  void unit_manyDraws_areUniformAndStreamsDiffer() {
    Draw draw = Draw.of(7, Draw.Purpose.HABITUS);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100_000; i++) {
      double u = draw.unit();
      sum += u;
      squares += u * u;
    }

    assertThat(sum / 100_000).isCloseTo(0.5, within(0.005));
    assertThat(squares / 100_000).isCloseTo(1.0 / 3, within(0.005));
    assertThat(Draw.of(7, Draw.Purpose.FILM).nextLong())
        .isNotEqualTo(Draw.of(7, Draw.Purpose.HABITUS).nextLong())
        .isNotEqualTo(Draw.of(8, Draw.Purpose.FILM).nextLong());
  }

  @Test
  void normal_manyDraws_haveTheMomentsAsked() {
    Draw draw = Draw.of(1, Draw.Purpose.NOISE);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100_000; i++) {
      double value = draw.normal4();
      sum += value;
      squares += value * value;
    }

    assertThat(sum / 100_000).isCloseTo(0, within(0.01));
    assertThat(squares / 100_000).isCloseTo(1, within(0.015));
  }

  @Test
  void negative_exponential_agreesWithTheLibrary() {
    for (double x = 0; x < 31.9; x += 0.0173) {
      assertThat(Exponential.negative(x) / StrictMath.exp(-x)).isCloseTo(1, within(2e-8));
    }
    assertThat(Exponential.negative(1000)).isZero();
  }

  @Test
  void sine_fromMinusHalfPiToPi_agreesWithTheLibrary() {
    for (double x = -1.57; x < 3.14; x += 0.01) {
      assertThat(Ribs.sine(x)).isCloseTo(StrictMath.sin(x), within(1e-8));
    }
  }

  @Test
  void attenuation_typicalPaths_transmitWhatTheTablesSay() {
    double lungField = 16 * Attenuation.LUNG + 5 * Attenuation.SOFT;
    double heart = 17 * Attenuation.SOFT + 5 * Attenuation.LUNG;
    double spine = 18.5 * Attenuation.SOFT + 2 * Attenuation.CORTICAL_BONE;
    double abdomen = 21 * Attenuation.SOFT;

    assertThat(Exponential.negative(lungField)).isCloseTo(0.162, within(0.001));
    assertThat(Exponential.negative(heart)).isCloseTo(0.024, within(0.0005));
    assertThat(Exponential.negative(spine)).isCloseTo(0.0084, within(0.0001));
    assertThat(Exponential.negative(abdomen)).isCloseTo(0.014, within(0.0003));
  }

  @Test
  void tube_thinnerThanAPixel_keepsItsProjectedVolume() {
    Thorax thorax = Cases.thorax(1, Finding.NORMAL);
    double[] volumes = new double[2];
    int[] sizes = {128, 768};
    for (int i = 0; i < 2; i++) {
      Frame frame = new Frame(thorax.examination, thorax.habitus, sizes[i]);
      TubeCanvas canvas = new TubeCanvas(frame);
      canvas.addSolid(new Tube(2).add(-6, 0.3, 0, 0.07, 1).add(6, -0.4, 0, 0.07, 1), 1, 1);
      for (float value : canvas.values) {
        volumes[i] += value / (frame.scale * frame.scale);
      }
    }

    double exact = Math.PI * 0.07 * 0.07 * Math.hypot(12, 0.7);
    assertThat(volumes[0] / exact).isCloseTo(1, within(0.06));
    assertThat(volumes[1] / exact).isCloseTo(1, within(0.06));
  }

  @Test
  void cardiothoracicRatio_anyPatient_isWhatAScanOfTheOutlineMeasures() {
    for (long seed = 0; seed < 10; seed++) {
      PhantomKnobs view = seed % 2 == 0 ? Cases.PA : Cases.AP;
      Thorax thorax = new Thorax(Examination.of(Cases.spec(seed, 64, Finding.CARDIOMEGALY, view)));
      double left = 0;
      double right = 0;
      for (double y = -15; y < 20; y += 0.03) {
        for (double x = 0; x < 20; x += 0.03) {
          right =
              thorax.heart.field(thorax.heart.centreX() + x, y) > 0 ? Math.max(right, x) : right;
          left = thorax.heart.field(thorax.heart.centreX() - x, y) > 0 ? Math.max(left, x) : left;
        }
      }

      assertThat((left + right) / thorax.cavity.internalWidth())
          .as("seed %d", seed)
          .isCloseTo(thorax.heart.cardiothoracicRatio(), within(0.004));
    }
  }
}
