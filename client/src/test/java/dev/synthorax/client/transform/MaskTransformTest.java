package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.MaskImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaskTransformTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TransformRanges EVERYTHING =
      new TransformRanges(
          0.5,
          true,
          AffineRanges.DEFAULT,
          4,
          Range.of(0, 0.06),
          Map.of(
              Structure.HEART,
              new AffineRanges(
                  Range.of(-5, 5), Range.of(0.8, 1.2), Range.ZERO, Range.ZERO, Range.ZERO),
              Structure.PNEUMOTHORAX,
              new AffineRanges(
                  Range.ZERO,
                  Range.ONE,
                  Range.of(-0.02, 0.02),
                  Range.of(-0.02, 0.02),
                  Range.ZERO)));

  @Test
  void apply_identity_changesNothing() {
    Map<Structure, BinaryMask> masks = Thoraces.sided();

    assertThat(MaskTransform.IDENTITY.apply(masks)).isEqualTo(masks);
  }

  @Test
  void apply_flip_mirrorsEveryCellAndSwapsTheLungs() {
    Map<Structure, BinaryMask> masks = Thoraces.sided();

    Map<Structure, BinaryMask> flipped =
        new MaskTransform(new Affine(true, 0, 1, 0, 0, 0), null, Map.of()).apply(masks);

    assertThat(flipped.get(Structure.LEFT_LUNG))
        .isEqualTo(mirror(mask(masks, Structure.RIGHT_LUNG)));
    assertThat(flipped.get(Structure.RIGHT_LUNG))
        .isEqualTo(mirror(mask(masks, Structure.LEFT_LUNG)));
    assertThat(flipped.get(Structure.HEART)).isEqualTo(mirror(mask(masks, Structure.HEART)));
  }

  @Test
  void apply_shift_movesByFractionsOfTheSides() {
    BinaryMask mask = cell(40, 20, 7, 3);

    BinaryMask moved = apply(new Affine(false, 0, 1, 0.25, -0.1, 0), mask);

    assertThat(moved).isEqualTo(cell(40, 20, 17, 1));
  }

  @Test
  void apply_quarterTurn_isClockwiseOnThePicture() {
    BinaryMask topLeft = cell(10, 10, 1, 2);

    BinaryMask moved = apply(new Affine(false, 90, 1, 0, 0, 0), topLeft);

    assertThat(moved).isEqualTo(cell(10, 10, 7, 1)); // the left goes to the top
  }

  @Test
  void apply_shear_movesLowerRowsToTheRight() {
    BinaryMask low = cell(21, 21, 10, 18); // eight rows below the centre

    BinaryMask moved = apply(new Affine(false, 0, 1, 0, 0, 45), low);

    assertThat(moved).isEqualTo(cell(21, 21, 18, 18));
  }

  @Test
  void apply_scale_scalesAreasBySquare() {
    BinaryMask disc = Thoraces.ellipse(200, 200, 100, 100, 40, 40);

    BinaryMask moved = apply(new Affine(false, 0, 1.5, 0, 0, 0), disc);

    assertThat((double) moved.area() / disc.area()).isBetween(2.24, 2.26);
  }

  @Test
  void apply_smallerHeart_givesTheLungsWhatItLeaves() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();

    Map<Structure, BinaryMask> moved = alone(Structure.HEART, 0.8).apply(masks);

    assertThat(area(moved, Structure.HEART)).isLessThan(area(masks, Structure.HEART));
    assertThat(area(moved, Structure.LUNGS)).isGreaterThan(area(masks, Structure.LUNGS));
    assertThat(Cells.shared(mask(moved, Structure.LUNGS), mask(moved, Structure.HEART))).isZero();
  }

  @Test
  void apply_largerHeart_takesItFromTheLungs() {
    Map<Structure, BinaryMask> masks = Thoraces.sided();

    Map<Structure, BinaryMask> moved = alone(Structure.HEART, 1.2).apply(masks);

    assertThat(Cells.shared(mask(moved, Structure.LUNGS), mask(moved, Structure.HEART))).isZero();
    assertThat(Cells.union(mask(moved, Structure.LEFT_LUNG), mask(moved, Structure.RIGHT_LUNG)))
        .isEqualTo(moved.get(Structure.LUNGS));
  }

  @Test
  void apply_pneumothoraxAloneOnBothSides_scalesEachAboutItself() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();
    BinaryMask both =
        Cells.union(
            Thoraces.ellipse(128, 128, 38, 42, 6, 6), Thoraces.ellipse(128, 128, 90, 42, 6, 6));
    masks.put(Structure.PNEUMOTHORAX, both);

    Map<Structure, BinaryMask> moved = alone(Structure.PNEUMOTHORAX, 0.5).apply(masks);

    assertThat(moved.get(Structure.PNEUMOTHORAX))
        .isEqualTo(
            Cells.union(
                Thoraces.ellipse(128, 128, 38, 42, 3, 3),
                Thoraces.ellipse(128, 128, 90, 42, 3, 3)));
  }

  @Test
  void new_lungsAlone_isRefused() {
    assertThatThrownBy(() -> alone(Structure.LUNGS, 0.9))
        .hasMessageStartingWith("lungs: transformed alone (expected: heart,");
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, -9})
  void ofParameters_throughJson_makesTheSameMasksAgain(long seed) throws IOException {
    Map<Structure, BinaryMask> masks = Thoraces.sided();
    MaskTransform transform = EVERYTHING.draw(true, SeedStream.of(seed));

    String json = JSON.writeValueAsString(transform.parameters());
    MaskTransform again =
        MaskTransform.ofParameters(
            JSON.readValue(json, new TypeReference<Map<String, Object>>() {}));

    assertThat(again).isEqualTo(transform);
    assertThat(again.apply(masks)).isEqualTo(transform.apply(masks));
  }

  /** See golden/mask-transform/SOURCE.md: the same transforms by NumPy and SciPy. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void apply_goldenParameters_givesScipysMasks(int number) throws IOException {
    Map<String, Object> parameters =
        JSON.readValue(golden(number + ".json"), new TypeReference<Map<String, Object>>() {});
    BinaryMask before = MaskImage.decode(golden("before.png"), 4096);
    BinaryMask expected = MaskImage.decode(golden(number + ".png"), 4096);

    Map<Structure, BinaryMask> moved =
        MaskTransform.ofParameters(parameters).apply(Map.of(Structure.LUNGS, before));

    assertThat(moved.get(Structure.LUNGS)).isEqualTo(expected);
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream file =
        MaskTransformTest.class.getResourceAsStream("/golden/mask-transform/" + name)) {
      return file.readAllBytes();
    }
  }

  private static MaskTransform alone(Structure structure, double scale) {
    return new MaskTransform(
        Affine.IDENTITY, null, Map.of(structure, new Affine(false, 0, scale, 0, 0, 0)));
  }

  private static BinaryMask apply(Affine affine, BinaryMask mask) {
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    masks.put(Structure.LUNGS, mask);
    return mask(new MaskTransform(affine, null, Map.of()).apply(masks), Structure.LUNGS);
  }

  private static BinaryMask mask(Map<Structure, BinaryMask> masks, Structure structure) {
    return java.util.Objects.requireNonNull(masks.get(structure));
  }

  private static int area(Map<Structure, BinaryMask> masks, Structure structure) {
    return mask(masks, structure).area();
  }

  private static BinaryMask cell(int width, int height, int x, int y) {
    byte[] cells = new byte[width * height];
    cells[y * width + x] = 1;
    return BinaryMask.of(width, height, cells);
  }

  private static BinaryMask mirror(BinaryMask mask) {
    byte[] cells = new byte[mask.width() * mask.height()];
    for (int i = 0; i < cells.length; i++) {
      int x = i % mask.width();
      int y = i / mask.width();
      cells[i] = (byte) (mask.at(mask.width() - 1 - x, y) ? 1 : 0);
    }
    return BinaryMask.of(mask.width(), mask.height(), cells);
  }
}
