package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.Site;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Masks stay within the chest, and the chest within the picture. */
final class ChestWallTest {
  private static @Nullable String problem(
      Map<Structure, BinaryMask> masks, Affine whole, Map<Structure, Affine> own) {
    MaskTransform transform = new MaskTransform(whole, null, own);
    return new AnatomyCheck(masks, AnatomyLimits.DEFAULT)
        .problem(transform, transform.apply(masks));
  }

  private static Affine shift(double x, double y) {
    return new Affine(false, 0, 1, x, y, 0);
  }

  @Test
  void hull_twoLungs_holdsWhatIsBetweenThem() {
    ChestHull hull = Objects.requireNonNull(ChestHull.of(Thoraces.drawn()));

    assertThat(hull.margin()).isEqualTo(20.0 / 128); // right lung from column 20, left to 108
    assertThat(hull.beyond(Thoraces.ellipse(128, 128, 64, 62, 24, 39))).isZero();
    assertThat(hull.beyond(Thoraces.ellipse(128, 128, 64, 115, 5, 5))).isEqualTo(1);
    assertThat(hull.beyond(Thoraces.ellipse(128, 128, 108, 62, 10, 10))).isCloseTo(0.5, within(.1));
    assertThat(hull.beyond(BinaryMask.empty(128, 128))).isZero();
    assertThat(ChestHull.of(Map.of())).isNull();
  }

  @Test
  void hull_oneCell_isThatCell() {
    byte[] cells = new byte[9];
    cells[4] = 1;
    BinaryMask one = BinaryMask.of(3, 3, cells);

    ChestHull hull = Objects.requireNonNull(ChestHull.of(Map.of(Structure.LUNGS, one)));

    assertThat(hull.beyond(one)).isZero();
    assertThat(hull.beyond(Thoraces.ellipse(3, 3, 1.5, 1.5, 3, 3))).isEqualTo(8.0 / 9);
  }

  @ParameterizedTest
  @CsvSource({
    "HEART, 0.2, 0, heart beyond the chest: ", // out of the patient's left side
    "HEART, 0, 0.2, heart beyond the chest: ", // into the belly
    "HEART, -0.02, 0, ",
    "PNEUMOTHORAX, -0.12, 0, pneumothorax beyond the chest: ",
    "PNEUMOTHORAX, 0, 0.05, ",
  })
  void problem_aStructureThatMovesAlone_isRefusedBeyondTheChest(
      Structure structure, double x, double y, @Nullable String expected) {
    String problem = problem(Thoraces.drawn(), Affine.IDENTITY, Map.of(structure, shift(x, y)));

    if (expected == null) {
      assertThat(problem).isNull();
    } else {
      assertThat(problem).startsWith(expected).endsWith("(expected: at most 0.020)");
    }
  }

  @Test
  void problem_lungsAtTheEdge_leaveNoRoomForTheWall() {
    assertThat(problem(Thoraces.drawn(), shift(0.15, 0), Map.of()))
        .isEqualTo("room for the chest wall beside the lungs: 0.008 (expected: at least 0.020)");
    assertThat(problem(Thoraces.drawn(), shift(0.1, 0), Map.of())).isNull();
  }

  @Test
  void problem_parentThatIsSoItself_isMeasuredByItself() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();
    masks.put(Structure.LUNGS, Warp.of(128, 128, move(-20), null).apply(lungs(masks)));
    masks.put(Structure.CHEST_TUBE, Thoraces.ellipse(128, 128, 16, 60, 14, 2)); // half outside
    masks.put(Structure.HEART, Thoraces.ellipse(128, 128, 45, 82, 36, 16)); // ratio above 0.75
    masks.remove(Structure.PNEUMOTHORAX);

    assertThat(Objects.requireNonNull(CardiothoracicRatio.of(masks))).isGreaterThan(0.76);
    assertThat(problem(masks, Affine.IDENTITY, Map.of())).isNull();
  }

  private static Affine.Matrix move(int pixels) {
    return shift(pixels / 128.0, 0).about(64, 64, 128, 128);
  }

  private static BinaryMask lungs(Map<Structure, BinaryMask> masks) {
    return Objects.requireNonNull(masks.get(Structure.LUNGS));
  }

  @ParameterizedTest
  @EnumSource(Site.class)
  void draw_phantomsAndDefaults_leaveAnAnatomyEveryTime(Site site) {
    for (int i = 0; i < 12; i++) {
      Sample phantom = Phantoms.sample(site.first(Split.TRAIN) + 160 + i, 64);

      TransformDraw draw =
          TransformDraw.of(
              phantom.info(),
              phantom.masks(),
              TransformRanges.DEFAULT,
              AnatomyLimits.DEFAULT,
              100 + i);

      assertThat(draw.rejected().size()).isLessThan(12);
    }
  }
}
