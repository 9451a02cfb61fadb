package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskAnatomyTest {
  @Test
  void cardiothoracicRatio_drawnThorax_isWidthOverWidth() {
    Double ratio = CardiothoracicRatio.of(Thoraces.drawn());

    assertThat(ratio).isEqualTo(36.0 / 88.0); // heart 52..88, lungs 20..108
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {11, 12, 13, 14, 15})
  void cardiothoracicRatio_phantom_isNearItsContinuousOne(long seed) {
    Sample phantom = Thoraces.phantom(seed);

    double ratio = Objects.requireNonNull(CardiothoracicRatio.of(phantom.masks()));

    double truth = (double) Objects.requireNonNull(phantom.info().attributes().get("ctr"));
    assertThat(Math.abs(ratio - truth)).isLessThan(0.05); // a pixel is about 0.015
  }

  @Test
  void cardiothoracicRatio_noHeart_isUnknown() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();
    masks.remove(Structure.HEART);

    assertThat(CardiothoracicRatio.of(masks)).isNull();
  }

  @Test
  void hemithoraces_lungsAlone_areToldApartByTheirParts() {
    Map<Structure, BinaryMask> together = Thoraces.drawn();
    Map<Structure, BinaryMask> sided = Thoraces.sided();
    BinaryMask lungs = Objects.requireNonNull(together.get(Structure.LUNGS));

    Hemithoraces sides = Objects.requireNonNull(Hemithoraces.of(together));

    assertThat(sides.partOf(lungs, Hemithoraces.RIGHT)).isEqualTo(sided.get(Structure.RIGHT_LUNG));
    assertThat(sides.partOf(lungs, Hemithoraces.LEFT)).isEqualTo(sided.get(Structure.LEFT_LUNG));
  }

  @Test
  void hemithoraces_lungsThatTouch_areDividedInTheMiddle() {
    BinaryMask touching =
        Cells.union(
            Thoraces.ellipse(100, 100, 30, 50, 22, 40), Thoraces.ellipse(100, 100, 70, 50, 22, 40));

    Hemithoraces sides = Objects.requireNonNull(Hemithoraces.of(Map.of(Structure.LUNGS, touching)));

    assertThat(sides.partOf(touching, Hemithoraces.RIGHT).area())
        .isEqualTo(sides.partOf(touching, Hemithoraces.LEFT).area());
  }

  @Test
  void hemithoraces_noLung_areUnknown() {
    assertThat(Hemithoraces.of(Map.of())).isNull();
  }
}
